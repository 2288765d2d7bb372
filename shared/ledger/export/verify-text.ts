import type { Manifest } from '../evidence/manifest.ts';
import { ssh_namespace } from './ssh-signature.ts';

/** How to check a bundle without any software of ours. Each command block is run by a test. */
export function verifyText(
  { id, logs }: Omit<Manifest, 'files'>,
  export_name: string,
  isStamped: boolean,
): string {
  const [first] = logs;
  return `# How to check export ${id}

Everything here works without a network. Compare the keys in \`keys/\` with those that you were given on another way:
whoever could replace the bundle could replace them too.

## The bundle is as it was signed

\`\`\`sh
openssl pkeyutl -verify -pubin -inkey keys/export.pem -rawin -in manifest.json -sigfile manifest.sig
ssh-keygen -Y verify -f keys/allowed_signers -I ${export_name} -n ${ssh_namespace} -s manifest.sshsig < manifest.json
sha256sum --check --quiet SHA256SUMS
\`\`\`

${isStamped ? stamp : ''}\`manifest.json\` names every file but the tiles with its SHA-256; \`SHA256SUMS\` is the same list for \`sha256sum\`. That these two agree:

\`\`\`sh
sed 's/.*"files":{//; s/}},"filter".*/}/; s/},/}\\n/g' manifest.json | sed 's/"\\(.*\\)":{"bytes":[0-9]*,"sha256":"\\([0-9a-f]*\\)".*/\\2  \\1/' | diff - SHA256SUMS
\`\`\`

## The records are in the log

\`tlog/<log>/\` is a transparency log in the form of c2sp.org/tlog-tiles${first === undefined ? '' : ` (such as \`tlog/${first.log}\`)`}, of which only the needed files are here. Any
software for that form checks its signature (\`keys/<log>.vkey\`) and that the entries are in the tree: for example
\`golang.org/x/mod/sumdb/tlog\`, or Tessera's \`fsck\` when the whole log is in the export. \`proofs/*.tlog-proof\` are
proofs of single records (c2sp.org/tlog-proof) with the checkpoint inside.

A record's hash is SHA-256 over a zero byte and the exact line of \`records.ndjson\`; \`index.csv\` lists the hash of every
leaf. For the first record:

\`\`\`sh
leaf_hash=$({ printf '\\000'; head -n 1 records.ndjson | tr -d '\\n'; } | sha256sum | cut -d ' ' -f 1)
test ! -s records.ndjson || grep ",$leaf_hash,match" index.csv
\`\`\`

## Nothing was left out

The bundle has every leaf of the range that \`manifest.json\` names, not only those that match. \`index.csv\` says of each
whether it matches. Apply the filter to the leaves yourself and compare: \`breakwater audit verify .\` does that, and so
can any script, since a leaf is one line of JSON.

## What this does not prove

That what a sensor reported was true; what happened in the last minute before the newest cosigned checkpoint, should
operator and witnesses collude; that a redacted body says what it said.
`;
}

const stamp = `A time-stamping authority says when the manifest existed; with its certificate, which is not in this bundle:
\`openssl ts -verify -data manifest.json -in manifest.tsr -CAfile <certificate>\`.

`;
