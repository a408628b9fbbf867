import { isFunctionName } from './functions.js';
import { lex } from './lexer.js';
import type { TemplateLimits } from './limits.js';
import type { BranchNode, Command, Node, Operand, Pipeline, Template } from './nodes.js';
import type { TemplateErrorCode } from './template-error.js';
import { locate, TemplateError } from './template-error.js';
import type { Token } from './tokens.js';

const refused = new Set(['range', 'define', 'template', 'block', 'break', 'continue', 'nil']);
const booleans = new Map([
  ['true', true],
  ['false', false],
]);

class Parser {
  private next = 0;
  private depth = 0;
  private readonly tokens: Token[];

  constructor(
    private readonly text: string,
    private readonly limits: TemplateLimits,
  ) {
    this.tokens = lex(text);
  }

  parse(): Template {
    const nodes = this.nodes();
    if (this.current.kind !== 'end') this.fail('"end" or "else" without a block');
    return { text: this.text, nodes };
  }

  /** Nodes up to the end of the text, or to an `else` or `end`, which is left to the caller. */
  private nodes(): Node[] {
    const nodes: Node[] = [];
    while (this.current.kind !== 'end' && !this.atKeyword('else') && !this.atKeyword('end')) {
      nodes.push(this.node());
    }
    return nodes;
  }

  private node(): Node {
    const token = this.take();
    if (token.kind === 'text') return { kind: 'text', text: token.text };
    const block = this.takeBlockWord();
    if (block) return this.nested(() => this.branch(block));
    const pipeline = this.pipeline();
    this.expectClose();
    return { kind: 'output', pipeline };
  }

  /** The rest of a block after `{{if` or `{{with`, up to and with its `{{end}}`. */
  private branch(kind: 'if' | 'with'): BranchNode {
    const node: BranchNode = { kind, branches: [this.condition()], otherwise: [] };
    while (this.takeKeyword('else')) {
      if (this.takeWord(kind)) {
        node.branches.push(this.condition());
        continue;
      }
      this.expectClose();
      node.otherwise = this.nodes();
      break;
    }
    if (!this.takeKeyword('end')) this.fail(`the "${kind}" block has no "end"`);
    this.expectClose();
    return node;
  }

  private condition(): BranchNode['branches'][number] {
    const pipeline = this.pipeline();
    this.expectClose();
    return { pipeline, body: this.nodes() };
  }

  private pipeline(): Pipeline {
    const { offset } = this.current;
    const commands = [this.command()];
    while (this.current.kind === 'pipe') {
      this.take();
      commands.push(this.pipedCommand());
    }
    return { commands, offset };
  }

  private pipedCommand(): Command {
    const command = this.command();
    if (command.kind === 'call') return command;
    throw this.error('template-type', 'only a function can take a piped value', command.offset);
  }

  private command(): Command {
    const token = this.current;
    if (token.kind === 'word' && !booleans.has(token.word)) return this.call();
    const command: Command = { kind: 'value', operand: this.operand(), offset: token.offset };
    if (this.atOperand()) this.fail('only a function can take arguments', 'template-type');
    return command;
  }

  private call(): Command {
    const { offset } = this.current;
    const name = this.functionName();
    const operands: Operand[] = [];
    while (this.atOperand()) operands.push(this.operand());
    return { kind: 'call', name, operands, offset };
  }

  private functionName(): string {
    const token = this.take();
    if (token.kind !== 'word')
      throw this.error('template-syntax', 'function expected', token.offset);
    if (refused.has(token.word)) {
      throw this.error('template-unsupported', `"${token.word}" is not supported`, token.offset);
    }
    if (isFunctionName(token.word)) return token.word;
    throw this.error('template-unsupported', `there is no function "${token.word}"`, token.offset);
  }

  private operand(): Operand {
    const token = this.current;
    if (token.kind === 'left') return this.nested(() => this.parenthesised());
    if (token.kind === 'word') return this.wordOperand();
    if (token.kind !== 'path' && token.kind !== 'literal') return this.fail('a value is missing');
    this.take();
    return token;
  }

  /** `true` and `false`, or a function without arguments, as in `printf "%v" upper`. */
  private wordOperand(): Operand {
    const token = this.current;
    const value = token.kind === 'word' ? booleans.get(token.word) : undefined;
    if (value !== undefined) {
      this.take();
      return { kind: 'literal', value, offset: token.offset };
    }
    const name = this.functionName();
    throw this.error('template-type', `"${name}" needs arguments: put it in "( )"`, token.offset);
  }

  private parenthesised(): Operand {
    const { offset } = this.take();
    const pipeline = this.pipeline();
    if (this.current.kind !== 'right') this.fail('")" is missing');
    this.take();
    return { kind: 'pipeline', pipeline, offset };
  }

  private nested<T>(parse: () => T): T {
    this.depth += 1;
    if (this.depth > this.limits.maxDepth) this.fail('nested too deeply', 'template-limit');
    const result = parse();
    this.depth -= 1;
    return result;
  }

  private expectClose(): void {
    if (this.current.kind !== 'close') this.fail('"}}" expected');
    this.take();
  }

  private takeBlockWord(): 'if' | 'with' | undefined {
    if (this.takeWord('if')) return 'if';
    return this.takeWord('with') ? 'with' : undefined;
  }

  private takeWord(word: string): boolean {
    if (!this.isWord(this.current, word)) return false;
    this.take();
    return true;
  }

  /** Takes the opening braces and the word, if both stand here. */
  private takeKeyword(word: string): boolean {
    if (!this.atKeyword(word)) return false;
    this.next += 2;
    return true;
  }

  private atKeyword(word: string): boolean {
    return this.current.kind === 'open' && this.isWord(this.tokens[this.next + 1], word);
  }

  private isWord(token: Token | undefined, word: string): boolean {
    return token?.kind === 'word' && token.word === word;
  }

  private atOperand(): boolean {
    return ['path', 'literal', 'word', 'left'].includes(this.current.kind);
  }

  private get current(): Token {
    return this.tokens[this.next] ?? { kind: 'end', offset: this.text.length };
  }

  private take(): Token {
    const token = this.current;
    this.next += 1;
    return token;
  }

  private fail(detail: string, code: TemplateErrorCode = 'template-syntax'): never {
    throw this.error(code, detail, this.current.offset);
  }

  private error(code: TemplateErrorCode, detail: string, offset: number): TemplateError {
    return new TemplateError(code, detail, locate(this.text, offset));
  }
}

/** Parses a template. Throws a TemplateError that says where and what is wrong. */
export function parse(text: string, limits: TemplateLimits): Template {
  return new Parser(text, limits).parse();
}
