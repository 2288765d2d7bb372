#!/bin/sh
# Installs the npm packages when there are none or the lock file changed since. Their install scripts never run.
set -eu
cd -- "$(dirname -- "$0")/.."

installed=node_modules/.breakwater-lock.json
if cmp -s package-lock.json "$installed"; then exit 0; fi

if ! command -v npm >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo 'installing the system packages nodejs and npm with apt-get' >&2
    apt-get -q update >&2
    DEBIAN_FRONTEND=noninteractive apt-get -q install --yes --no-install-recommends nodejs npm >&2
  else
    echo 'npm is needed to install the packages: install Node 24, which brings it' >&2
    exit 1
  fi
fi
echo 'installing the npm packages' >&2
npm ci --ignore-scripts --no-progress --loglevel=error >&2
cp package-lock.json "$installed"
