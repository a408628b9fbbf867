import { check } from './checker.js';
import { evaluate } from './evaluator.js';
import type { TemplateLimits } from './limits.js';
import { defaultTemplateLimits } from './limits.js';
import { parse } from './parser.js';
import type { TemplateDevice } from './values.js';
import { dataOf } from './values.js';

/** Whether a text holds a template action and so has to be expanded for each device. */
export function hasParameters(text: string): boolean {
  return text.includes('{{');
}

/**
 * Puts a device's name and labels into a text, in the supported part of Go's
 * template language. Throws a TemplateError, and nothing else.
 */
export function expand(
  text: string,
  device: TemplateDevice,
  limits: TemplateLimits = defaultTemplateLimits,
): string {
  if (!hasParameters(text)) return text;
  return evaluate(parse(text, limits), dataOf(device), limits);
}

/**
 * Checks a text without a device. Throws a TemplateError if it breaks the language, asks for
 * what no device has, or calls a function with a wrong number of arguments.
 */
export function checkTemplate(text: string, limits: TemplateLimits = defaultTemplateLimits): void {
  if (hasParameters(text)) check(parse(text, limits));
}
