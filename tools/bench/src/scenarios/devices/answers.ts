/** One answer over HTTP. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

const STATUS = /^HTTP\/1\.1 (\d{3})/;
const LENGTH = /^content-length: (\d+)\r$/im;
const HEAD_END = '\r\n\r\n';

/** Takes the answers off a connection that stays open. All of them say how long they are. */
export class AnswerReader {
  private rest = '';

  /** The answers that are complete. @throws when it is no HTTP */
  read(chunk: string): HttpAnswer[] {
    this.rest += chunk;
    const answers: HttpAnswer[] = [];
    for (let next = this.next(); next; next = this.next()) answers.push(next);
    return answers;
  }

  private next(): HttpAnswer | undefined {
    const end = this.rest.indexOf(HEAD_END);
    if (end < 0) return undefined;
    const head = this.rest.slice(0, end + 2);
    const [, status] = STATUS.exec(head) ?? [];
    if (status === undefined) throw new Error(`no answer of HTTP: ${head}`);
    const length = Number(LENGTH.exec(head)?.[1] ?? 0);
    const from = end + HEAD_END.length;
    if (this.rest.length < from + length) return undefined;
    const body = this.rest.slice(from, from + length);
    this.rest = this.rest.slice(from + length);
    return { status: Number(status), body };
  }
}
