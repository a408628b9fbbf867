/**
 * A text of at most so many bytes. What is said of an error travels in trailers, for which clients have 8 KiB, and names
 * and problems in it are as long as whoever sent them likes.
 */
export function cut(text: string, bytes: number): string {
  const whole = text.toWellFormed();
  if (encodedLength(whole) <= bytes) return whole;
  let [fits, fitsNot] = [0, Math.min(whole.length, bytes)];
  while (fitsNot - fits > 1) {
    const middle = (fits + fitsNot) >> 1;
    if (encodedLength(whole.slice(0, middle).toWellFormed()) < bytes) fits = middle;
    else fitsNot = middle;
  }
  return `${whole.slice(0, fits).toWellFormed()}…`;
}

/** As percent-encoded, which is how messages travel, and no shorter than UTF-8. */
function encodedLength(text: string): number {
  return encodeURI(text).length;
}
