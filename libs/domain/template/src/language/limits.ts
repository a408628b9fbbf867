export interface TemplateLimits {
  /** Evaluated nodes, plus one for each 64 characters that a function reads or makes. */
  maxSteps: number;
  /** Characters of the output, and of any value on the way to it. */
  maxOutput: number;
  /** Nested blocks and parentheses. */
  maxDepth: number;
}

export const defaultTemplateLimits: TemplateLimits = {
  maxSteps: 100_000,
  maxOutput: 1_048_576,
  maxDepth: 64,
};
