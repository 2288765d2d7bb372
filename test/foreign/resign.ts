import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '#shared/ledger/evidence/canonical-json.ts';
import { type Manifest, parseManifest } from '#shared/ledger/evidence/manifest.ts';
import { createNoteSigner } from '#shared/ledger/note.ts';
import { exportKey, export_name } from './export-fixture.ts';

/** What an insider with the export key does after changing files of a bundle: names them anew and signs again. */
export function resign(
  bundle: string,
  change: (manifest: Manifest) => Manifest = (manifest) => manifest,
): void {
  const manifest = parseManifest(readFileSync(join(bundle, 'manifest.json'), 'utf8'));
  const files = Object.fromEntries(
    Object.keys(manifest.files).map((path) => {
      const bytes = readFileSync(join(bundle, path));
      return [path, { bytes: bytes.length, sha256: sha256(bytes) }];
    }),
  );
  const changed = change({ ...manifest, files });
  const text = `${canonicalJson(changed)}\n`;
  writeFileSync(join(bundle, 'manifest.json'), text);
  writeFileSync(
    join(bundle, 'manifest.note'),
    `${text}\n${createNoteSigner(export_name, exportKey).sign(text)}`,
  );
  const sums = Object.entries(changed.files).map(([path, file]) => `${file.sha256}  ${path}\n`);
  writeFileSync(join(bundle, 'SHA256SUMS'), sums.join(''));
  const custody = join(bundle, 'custody.ndjson');
  const line = readFileSync(custody, 'utf8').replace(/"previous":"\w+"/, `"previous":"${sha256(text)}"`);
  writeFileSync(custody, line);
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
