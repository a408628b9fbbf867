import type { WriteStream } from 'node:tty';

type Output = Pick<WriteStream, 'write'> & { isTTY?: boolean; columns?: number };

/** What a step says while it runs. */
export interface Progress {
  /** How far it is; replaces what was said before. */
  now(text: string): void;
  /** What the line says behind the title when the step is done. */
  detail(text: string): void;
}

const quietMs = 1_000;
const clearLine = '\r\u001b[2K';

/** Says what happens, one step after the other, to a terminal or to a file. */
export class Report {
  private live = '';
  private lastSaid = 0;
  private lastText = '';

  constructor(
    private readonly output: Output = process.stdout,
    private readonly now: () => number = () => performance.now(),
  ) {}

  line(text = ''): void {
    this.clear();
    this.output.write(`${text}\n`);
    this.draw();
  }

  warn(text: string): void {
    this.line(`! ${text}`);
  }

  /** Runs a step and says how it ended and how long it took. */
  async step<Result>(
    title: string,
    work: (progress: Progress) => Promise<Result>,
  ): Promise<Result> {
    const started = this.now();
    let detail = '';
    const say = (text: string): void => this.progress(`${title}: ${text}`);
    this.progress(title);
    try {
      const result = await work({ now: say, detail: (text) => void (detail = `: ${text}`) });
      this.end(`✓ ${title}${detail} (${seconds(this.now() - started)})`);
      return result;
    } catch (error) {
      this.end(`✗ ${title} (${seconds(this.now() - started)})`);
      throw error;
    }
  }

  private progress(text: string): void {
    if (this.output.isTTY) {
      this.clear();
      this.live = `… ${text}`;
      this.draw();
    } else this.mention(text);
  }

  /** Without a terminal nothing can be overwritten: a line at most each second. */
  private mention(text: string): void {
    const titleOnly = !text.includes(': ');
    const soon = this.now() - this.lastSaid < quietMs;
    if (titleOnly || soon || text === this.lastText) return;
    this.lastSaid = this.now();
    this.lastText = text;
    this.output.write(`… ${text}\n`);
  }

  private end(text: string): void {
    this.clear();
    this.live = '';
    this.output.write(`${text}\n`);
  }

  private clear(): void {
    if (this.live) this.output.write(clearLine);
  }

  private draw(): void {
    if (this.live) this.output.write(this.live.slice(0, (this.output.columns ?? 80) - 1));
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
