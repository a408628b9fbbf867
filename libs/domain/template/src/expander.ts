import type { ItemProblem } from './item-problem.js';
import { expand } from './language/expand.js';
import type { TemplateLimits } from './language/limits.js';
import { TemplateError } from './language/template-error.js';
import type { TemplateDevice } from './language/values.js';

/** Expands the texts of a spec for one device and gathers everything that is wrong with them. */
export class Expander {
  readonly problems: ItemProblem[] = [];

  constructor(
    private readonly device: TemplateDevice,
    private readonly limits?: TemplateLimits,
  ) {}

  /** The expanded text; the empty text, and a problem, if it cannot be expanded. */
  text(item: string, field: string, text: string): string {
    try {
      return expand(text, this.device, this.limits);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      this.problem(item, `${field}: ${error.message}`);
      return '';
    }
  }

  problem(item: string, message: string): void {
    this.problems.push({ item, message });
  }
}
