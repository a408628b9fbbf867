/** Reads the reference documents once for all specs: parsing them takes longer than many a spec. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Where the specs find them, as JSON. */
const PARSED = '.skein/reference';
/** The document of the agent has no schemas of its own. */
const OTHER_DOCUMENT = /[./]+\/core\/v1beta1\/openapi\.yaml#/g;

export default function parseReference() {
  const folder = process.env.SKEIN_REFERENCE_DIR;
  if (!folder) return;
  mkdirSync(PARSED, { recursive: true });
  for (const name of ['core', 'agent']) {
    const text = readFileSync(join(folder, `flightctl-${name}-v1beta1.openapi.yaml`), 'utf8');
    const document = parse(text.replace(OTHER_DOCUMENT, '#'), { merge: true, maxAliasCount: -1 });
    writeFileSync(join(PARSED, `${name}.json`), JSON.stringify(document));
  }
}
