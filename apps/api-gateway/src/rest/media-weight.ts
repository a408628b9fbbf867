/** How much an Accept header likes a media type that it names itself, 0 to 1; 0 when it does not name it. */
export function mediaWeight(accept: string | undefined, type: string): number {
  const weights = (accept ?? '').split(',').map((range) => {
    const [name, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (name !== type) return 0;
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    const weight = q === undefined ? 1 : Number(q.slice(2));
    return weight >= 0 && weight <= 1 ? weight : 0;
  });
  return Math.max(...weights);
}

/** Whether a client names a media type, and likes plain JSON no better. */
export function asksFor(type: string, accept: string | undefined): boolean {
  const weight = mediaWeight(accept, type);
  return weight > 0 && weight >= mediaWeight(accept, 'application/json');
}
