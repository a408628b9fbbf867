import type { RenderedDevice } from '@skein/device-simulator';
import type { Observation } from '../demo/observe.js';
import { table } from './table.js';

/** All devices in a table. */
export function deviceTable({ devices }: Observation): string {
  const heads = ['device', 'fleet', 'template version', 'rendered version', 'state'];
  const rows = devices
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
    .map(({ name, fleet, templateVersion, renderedVersion, state }) => [
      name,
      fleet,
      templateVersion,
      renderedVersion,
      state,
    ]);
  return table(heads, rows);
}

interface RenderedFile {
  readonly path: string;
  readonly content: string;
  readonly contentEncoding?: string;
  readonly mode?: number;
}

interface RenderedItem {
  readonly name: string;
  readonly inline: readonly RenderedFile[];
}

const plainMode = 0o644;

/** The files of a device's rendered configuration, each with where it came from. */
export function renderedConfiguration({ spec }: RenderedDevice): string {
  const items = (spec.config ?? []) as readonly RenderedItem[];
  return items.flatMap(({ name, inline }) => inline.map((file) => fileText(name, file))).join('\n');
}

function fileText(item: string, { path, content, contentEncoding, mode }: RenderedFile): string {
  const isText = contentEncoding !== 'base64';
  const text = isText ? content : `(${Buffer.from(content, 'base64').length} bytes, not text)`;
  const lines = text.trimEnd().split('\n');
  const permissions = (mode ?? plainMode).toString(8).padStart(4, '0');
  return [`  ${path}  ${permissions}  from ${item}`, ...lines.map((line) => `    │ ${line}`)].join(
    '\n',
  );
}
