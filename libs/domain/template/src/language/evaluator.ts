import type { Call } from './call.js';
import { applyFunction, isLazy } from './functions.js';
import type { TemplateLimits } from './limits.js';
import type { BranchNode, Command, Node, Operand, Pipeline, Template } from './nodes.js';
import type { TemplateErrorCode } from './template-error.js';
import { locate, TemplateError } from './template-error.js';
import type { Value, ValueMap } from './values.js';
import { isTrue, typeName } from './values.js';

const charactersPerStep = 64;

class Evaluator {
  private readonly output: string[] = [];
  private length = 0;
  private steps = 0;

  constructor(
    private readonly template: Template,
    private readonly root: ValueMap,
    private readonly limits: TemplateLimits,
  ) {}

  evaluate(): string {
    this.write(this.template.nodes, this.root);
    return this.output.join('');
  }

  private write(nodes: Node[], dot: Value): void {
    for (const node of nodes) {
      if (node.kind === 'text') this.emit(node.text, 0);
      else if (node.kind === 'output') this.writeValue(node.pipeline, dot);
      else this.writeBranch(node, dot);
    }
  }

  private writeValue(pipeline: Pipeline, dot: Value): void {
    const value = this.value(pipeline, dot);
    if (typeof value === 'object') {
      this.fail(pipeline.offset, 'template-type', 'a map cannot be printed');
    }
    this.emit(String(value), pipeline.offset);
  }

  private writeBranch({ kind, branches, otherwise }: BranchNode, dot: Value): void {
    for (const { pipeline, body } of branches) {
      const value = this.value(pipeline, dot);
      if (isTrue(value)) return this.write(body, kind === 'with' ? value : dot);
    }
    this.write(otherwise, dot);
  }

  private emit(text: string, offset: number): void {
    this.length += text.length;
    if (this.length > this.limits.maxOutput) this.tooLong(offset);
    this.output.push(text);
  }

  private value({ commands }: Pipeline, dot: Value): Value {
    let piped: Value[] = [];
    for (const command of commands) piped = [this.run(command, piped, dot)];
    return piped[0] ?? '';
  }

  private run(command: Command, piped: Value[], dot: Value): Value {
    this.step(command.offset, 1);
    if (command.kind === 'value') return this.operand(command.operand, dot);
    const { name, operands, offset } = command;
    if (isLazy(name)) return this.runLazy(command, piped, dot);
    const values = operands.map((operand) => this.operand(operand, dot));
    return applyFunction(name, [...values, ...piped], this.callAt(offset));
  }

  /** `and` ends at the first false value, `or` at the first true one; that is the result. */
  private runLazy(command: Command & { kind: 'call' }, piped: Value[], dot: Value): Value {
    const { name, operands, offset } = command;
    let result: Value | undefined = piped[0];
    for (const operand of operands) {
      const value = this.operand(operand, dot);
      if (isTrue(value) === (name === 'or')) return value;
      result = piped[0] ?? value;
    }
    return result ?? this.fail(offset, 'template-type', `"${name}" needs an argument`);
  }

  private operand(operand: Operand, dot: Value): Value {
    this.step(operand.offset, 1);
    if (operand.kind === 'literal') return operand.value;
    if (operand.kind === 'pipeline') return this.value(operand.pipeline, dot);
    return this.lookUp(operand, operand.root ? this.root : dot);
  }

  private lookUp({ keys, offset }: Operand & { kind: 'path' }, from: Value): Value {
    return keys.reduce((value: Value, key, depth) => {
      const place = `.${keys.slice(0, depth).join('.')}`;
      if (typeof value !== 'object') {
        return this.fail(offset, 'template-type', `"${place}" is ${typeName(value)}, not a map`);
      }
      const detail = `there is no key "${key}" in "${place}"`;
      return value.get(key) ?? this.fail(offset, 'template-missing-key', detail, key);
    }, from);
  }

  private callAt(offset: number): Call {
    return {
      fail: (code, detail, key) => this.fail(offset, code, detail, key),
      spend: (characters) => this.spend(offset, characters),
    };
  }

  private spend(offset: number, characters: number): void {
    if (characters > this.limits.maxOutput) this.tooLong(offset);
    this.step(offset, Math.ceil(characters / charactersPerStep));
  }

  private step(offset: number, count: number): void {
    this.steps += count;
    if (this.steps <= this.limits.maxSteps) return;
    this.fail(offset, 'template-limit', `more than ${this.limits.maxSteps} steps`);
  }

  private tooLong(offset: number): never {
    const detail = `a text of more than ${this.limits.maxOutput} characters`;
    return this.fail(offset, 'template-limit', detail);
  }

  private fail(offset: number, code: TemplateErrorCode, detail: string, key?: string): never {
    throw new TemplateError(code, detail, locate(this.template.text, offset), key);
  }
}

/** The text that a template makes of the data. Throws a TemplateError. */
export function evaluate(template: Template, root: ValueMap, limits: TemplateLimits): string {
  return new Evaluator(template, root, limits).evaluate();
}
