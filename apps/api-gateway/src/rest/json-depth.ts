const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** How much deeper a byte leads. */
const steps = new Int8Array(256);
for (const open of '[{') steps[open.charCodeAt(0)] = 1;
for (const close of ']}') steps[close.charCodeAt(0)] = -1;

function isEscaped(json: Buffer, at: number): boolean {
  let first = at;
  while (json[first - 1] === BACKSLASH) first -= 1;
  return (at - first) % 2 === 1;
}

/** Where the text that begins behind this place ends, or the end of all. */
function endOfText(json: Buffer, from: number): number {
  let end = json.indexOf(QUOTE, from);
  while (end > 0 && isEscaped(json, end)) end = json.indexOf(QUOTE, end + 1);
  return end < 0 ? json.length : end;
}

/** Whether JSON is nested deeper than this: said at the first bracket too many, since parsing 1 MiB of them takes most of a second. */
export function isDeeper(json: Buffer, most: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at]!;
    if (byte === QUOTE) at = endOfText(json, at + 1);
    else depth += steps[byte]!;
    if (depth > most) return true;
  }
  return false;
}
