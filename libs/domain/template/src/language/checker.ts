import { countProblem, resultShape } from './functions.js';
import type { BranchNode, Command, Node, Operand, Pipeline, Template } from './nodes.js';
import { deviceShape, isMap, scalarName, shapeUnder, type Shape } from './shapes.js';
import type { TemplateErrorCode } from './template-error.js';
import { locate, TemplateError } from './template-error.js';

/** Follows a template with shapes in place of values, through every branch. */
class Checker {
  constructor(private readonly template: Template) {}

  check(): void {
    this.nodes(this.template.nodes, deviceShape);
  }

  private nodes(nodes: Node[], dot: Shape): void {
    for (const node of nodes) {
      if (node.kind === 'output') this.output(node.pipeline, dot);
      else if (node.kind !== 'text') this.branch(node, dot);
    }
  }

  private output(pipeline: Pipeline, dot: Shape): void {
    if (!isMap(this.pipeline(pipeline, dot))) return;
    this.fail(pipeline.offset, 'template-type', 'a map cannot be printed');
  }

  private branch({ kind, branches, otherwise }: BranchNode, dot: Shape): void {
    for (const { pipeline, body } of branches) {
      const shape = this.pipeline(pipeline, dot);
      this.nodes(body, kind === 'with' ? shape : dot);
    }
    this.nodes(otherwise, dot);
  }

  private pipeline({ commands }: Pipeline, dot: Shape): Shape {
    let piped: Shape[] = [];
    for (const command of commands) piped = [this.command(command, piped, dot)];
    return piped[0] ?? 'text';
  }

  private command(command: Command, piped: Shape[], dot: Shape): Shape {
    if (command.kind === 'value') return this.operand(command.operand, dot);
    const { name, operands, offset } = command;
    const shapes = [...operands.map((operand) => this.operand(operand, dot)), ...piped];
    const problem = countProblem(name, shapes.length);
    if (problem) this.fail(offset, 'template-type', problem);
    return name === 'index' ? this.index(command, shapes[0]!) : resultShape(name);
  }

  /** Keys that are written down are looked for; what others lead to is not known yet. */
  private index({ operands, offset }: Command & { kind: 'call' }, map: Shape): Shape {
    return operands.slice(1).reduce((shape: Shape, operand) => {
      if (operand.kind !== 'literal' || typeof operand.value !== 'string') return 'any';
      const found = scalarName(shape) === undefined ? shapeUnder(shape, operand.value) : 'any';
      return found ?? this.missing(offset, operand.value, `there is no key "${operand.value}"`);
    }, map);
  }

  private operand(operand: Operand, dot: Shape): Shape {
    if (operand.kind === 'pipeline') return this.pipeline(operand.pipeline, dot);
    if (operand.kind === 'path') return this.path(operand, operand.root ? deviceShape : dot);
    return typeof operand.value === 'string'
      ? 'text'
      : (typeof operand.value as 'number' | 'boolean');
  }

  private path({ keys, offset }: Operand & { kind: 'path' }, from: Shape): Shape {
    return keys.reduce((shape: Shape, key, depth) => {
      const place = `.${keys.slice(0, depth).join('.')}`;
      const scalar = scalarName(shape);
      if (scalar) this.fail(offset, 'template-type', `"${place}" is ${scalar}, not a map`);
      const detail = `there is no key "${key}" in "${place}"`;
      return shapeUnder(shape, key) ?? this.missing(offset, key, detail);
    }, from);
  }

  private missing(offset: number, key: string, detail: string): never {
    return this.fail(offset, 'template-missing-key', detail, key);
  }

  private fail(offset: number, code: TemplateErrorCode, detail: string, key?: string): never {
    throw new TemplateError(code, detail, locate(this.template.text, offset), key);
  }
}

/** Throws a TemplateError for what can go well for no device: keys that none has, wrong numbers of arguments. */
export function check(template: Template): void {
  new Checker(template).check();
}
