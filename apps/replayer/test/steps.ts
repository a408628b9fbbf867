import fc from 'fast-check';

/** One thing that may happen in a model: to the model, and to the real thing that it has at hand. */
export interface Step<Model> {
  readonly name: string;
  readonly possible?: (model: Model) => boolean;
  readonly run: (model: Model) => Promise<void>;
}

class StepCommand<Model extends object> implements fc.AsyncCommand<Model, undefined> {
  constructor(private readonly step: Step<Model>) {}

  check(model: Readonly<Model>): boolean {
    return this.step.possible?.(model) ?? true;
  }

  run(model: Model): Promise<void> {
    return this.step.run(model);
  }

  toString(): string {
    return this.step.name;
  }
}

/** On a slow machine, fewer runs are enough. */
const PATIENCE_MS = 20_000;

interface Run<Model> {
  /** A model of a fresh place. */
  readonly begin: () => Promise<Model>;
  /** What must hold in the end; faults are over. */
  readonly end: (model: Model) => Promise<void>;
  readonly numRuns: number;
  /** What a failure said, to see it again. */
  readonly seed?: number;
  readonly path?: string;
}

/** Lets the steps happen in any order; a failure says its seed, and the shortest order that was found. */
export async function inAnyOrder<Model extends object>(
  steps: readonly fc.Arbitrary<Step<Model>>[],
  { begin, end, ...parameters }: Run<Model>,
): Promise<void> {
  const commands = steps.map((step) => step.map((one) => new StepCommand<Model>(one)));
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 50, size: 'max' }), async (happened) => {
      const model = await begin();
      await fc.asyncModelRun(() => ({ model, real: undefined }), happened);
      await end(model);
    }),
    { interruptAfterTimeLimit: PATIENCE_MS, ...parameters },
  );
}
