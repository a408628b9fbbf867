import type { SourceSettings } from '../../src/settings.js';
import type { Source, SourceRequest } from '../../src/source.js';

/** A real server of one kind of source, as the conformance suite needs it. It holds one file, `motd`. */
export interface Rig {
  /** Sources that may reach the server. */
  sources(limits?: SourceSettings['limits']): Source;
  request(): SourceRequest;
  /** What the file is called there. */
  path: string;
  /** Sets the file's content; what the revision then looks like. */
  put(content: string): string | RegExp;
  missing(): SourceRequest;
  /** One that may not be read with the credentials it has; they hold `wr0ng-horse`. */
  forbidden(): SourceRequest;
  /** How that is told: what never asks anybody refuses by itself. */
  forbiddenCode: 'denied' | 'refused';
  /** The server answers nobody until the promise is settled. None: there is no server. */
  hold?(gate: Promise<void>): void;
  /** Requests that came so far. */
  served?(): number;
  close(): Promise<void>;
}

/** Stands in the credentials that open the source. */
export const RIGHT = 'c0rrect-horse';
/** Stands in those that do not. */
export const WRONG = 'wr0ng-horse';
