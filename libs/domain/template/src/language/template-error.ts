/** Where in the text an error stands; line and column count from 1. */
export interface TemplatePosition {
  offset: number;
  line: number;
  column: number;
}

export type TemplateErrorCode =
  /** The text does not follow the template language. */
  | 'template-syntax'
  /** Valid in Go templates, but not part of this subset. */
  | 'template-unsupported'
  /** A label or field that the device does not have; `key` names it. */
  | 'template-missing-key'
  /** A value of the wrong type, or a wrong number of arguments. */
  | 'template-type'
  /** Too many steps, too much output or too deep nesting. */
  | 'template-limit';

/** The only thing that the template language throws. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly retryable = false;

  constructor(
    readonly code: TemplateErrorCode,
    readonly detail: string,
    readonly position: TemplatePosition,
    readonly key?: string,
  ) {
    super(`line ${position.line}, column ${position.column}: ${detail}`);
  }
}

/** Line and column of an offset in the text. */
export function locate(text: string, offset: number): TemplatePosition {
  const before = text.slice(0, offset).split('\n');
  return { offset, line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
