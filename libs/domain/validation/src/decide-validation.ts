import type { DeviceSpec } from '@skein/domain-resource';
import type { ItemProblem } from '@skein/domain-template';
import type { FleetValidated } from '@skein/events';
import { MAX_EVENT_BYTES } from '@skein/events';
import {
  contentDigest,
  versionName,
  type Frozen,
  type RepositoryStates,
} from './template-version.js';

export interface FleetState {
  generation: number;
  spec: DeviceSpec;
  /** What was said of the fleet last. */
  last: FleetValidated | null;
  /** Content digest of the latest template version. */
  latestDigest: string | null;
  /** Names of the fleet's template versions. */
  names: ReadonlySet<string>;
}

/** What the attempt to freeze the template's references gave. */
export interface Attempt {
  frozen: Frozen;
  problems: readonly ItemProblem[];
  waiting: readonly ItemProblem[];
  /** Whether they wait for nothing but other fetches of the same repositories. */
  busy?: boolean;
  /** Of the references that depend on the device. */
  repositories?: RepositoryStates;
}

export interface NewTemplateVersion {
  name: string;
  contentDigest: string;
  frozen: Frozen;
}

export interface Verdict {
  result: FleetValidated;
  /** Whether the result is another one than before. */
  changed: boolean;
  /** Null when the fleet gets none: not valid, or the content is that of the latest one. */
  version: NewTemplateVersion | null;
}

const longestMessage = 4_000;

function inWords(problems: readonly ItemProblem[]): string {
  const text = problems.map(({ item, message }) => `${item}: ${message}`).join('; ');
  return text.length <= longestMessage ? text : `${text.slice(0, longestMessage)} …`;
}

/** The template version's event must fit; the names in it take up little. */
function sizeProblems(spec: DeviceSpec, frozen: Frozen): ItemProblem[] {
  const bytes = Buffer.byteLength(JSON.stringify({ spec, frozen })) + 1_024;
  if (bytes <= MAX_EVENT_BYTES) return [];
  return [{ item: 'template', message: `it has more than ${MAX_EVENT_BYTES - 1_024} bytes` }];
}

function resultOf(
  { generation, last }: FleetState,
  problems: readonly ItemProblem[],
  attempt: Attempt,
) {
  if (problems.length > 0) {
    return { generation, valid: false, reason: 'Invalid', message: inWords(problems) };
  }
  // What it waits for in earnest was said already, and may well be why the others are not done.
  const waits = last?.reason === 'Waiting' && last.generation === generation;
  if (attempt.busy && waits) return last;
  if (attempt.waiting.length > 0) {
    return { generation, valid: false, reason: 'Waiting', message: inWords(attempt.waiting) };
  }
  return { generation, valid: true, reason: 'Valid', message: 'The template is valid.' };
}

function differs(result: FleetValidated, last: FleetValidated | null): boolean {
  return (
    result.generation !== last?.generation ||
    result.valid !== last.valid ||
    result.reason !== last.reason ||
    result.message !== last.message
  );
}

function versionOf(
  { generation, spec, latestDigest, names }: FleetState,
  { frozen, repositories }: Attempt,
): NewTemplateVersion | null {
  const digest = contentDigest(spec, frozen, repositories);
  if (digest === latestDigest) return null;
  return { name: versionName(generation, digest, names), contentDigest: digest, frozen };
}

/** Whether a fleet's template is valid, and whether it makes a new template version. */
export function decideValidation(
  state: FleetState,
  written: readonly ItemProblem[],
  attempt: Attempt,
): Verdict {
  const problems = [...written, ...attempt.problems, ...sizeProblems(state.spec, attempt.frozen)];
  const result = resultOf(state, problems, attempt);
  return {
    result,
    changed: differs(result, state.last),
    version: result.valid ? versionOf(state, attempt) : null,
  };
}
