import type { TemplateErrorCode } from './template-error.js';

/** What a function may use beside its arguments. */
export interface Call {
  /** Throws a TemplateError at the place of the call. */
  fail(code: TemplateErrorCode, detail: string, key?: string): never;
  /** Counts a text that is read or about to be made, and refuses one that is too long. */
  spend(characters: number): void;
}
