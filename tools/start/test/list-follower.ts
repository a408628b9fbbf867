type Loose = ReturnType<typeof JSON.parse>;

/** What follows a list: it is told of changes, and keeps them by name. */
export class ListFollower {
  readonly known = new Map<string, Loose>();
  /** What it was told, as `MODIFIED a`. */
  readonly told: string[] = [];
  private readonly gone = new AbortController();

  /** @param url of the list, with what it asks for */
  constructor(
    private readonly url: string,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  /** Resolves when the connection ends. */
  async follow(): Promise<void> {
    const { headers, gone } = this;
    const response = await fetch(this.url, { headers, signal: gone.signal });
    if (!response.ok) throw new Error(await response.text());
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of response.body!) {
      const frames = (text + decoder.decode(chunk, { stream: true })).split('\n\n');
      text = frames.pop()!;
      for (const frame of frames) this.take(frame);
    }
  }

  stop(): void {
    this.gone.abort();
  }

  private take(frame: string): void {
    const data = frame.split('\n').find((line) => line.startsWith('data: '));
    if (!data) return;
    const { type, object } = JSON.parse(data.slice('data: '.length));
    const { name } = object.metadata ?? {};
    if (type === 'DELETED') this.known.delete(name);
    else if (name !== undefined) this.known.set(name, object);
    this.told.push(`${type} ${name}`);
  }
}
