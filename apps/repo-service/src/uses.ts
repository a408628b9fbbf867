import { referredIn, type Referred, type RepositoryUser } from '@skein/domain-repo';
import { repositoriesOf } from '@skein/domain-resource';
import type { Delivered, JsonObject } from '@skein/events';

/** To which repositories a fleet or device refers since an event. */
export interface Uses extends RepositoryUser {
  readonly org: string;
  readonly number: number;
  /** When the event was appended, RFC 3339. */
  readonly time: string;
  /** Names of repositories, each once. */
  readonly names: readonly string[];
  /** What in them, each once. */
  readonly referred: readonly Referred[];
  readonly deleted: boolean;
}

/** What the log has of an event, as far as it matters here. */
export interface Said {
  readonly kind: Uses['kind'];
  readonly org: string;
  readonly uid: string;
  readonly number: number;
  readonly time: string;
  readonly deleted: boolean;
}

export function usesOf(said: Said, spec: JsonObject | null | undefined): Uses {
  const about = spec ?? {};
  return { ...said, names: repositoriesOf(about), referred: referredIn(about) };
}

function said(kind: Uses['kind'], { sequence, event }: Delivered, deleted = false): Said {
  const { org, subject: uid, time } = event;
  return { kind, org, uid, number: sequence, time, deleted };
}

export function usersOfTemplates(events: readonly Delivered<{ template: JsonObject }>[]): Uses[] {
  return events.map((delivered) => {
    const { spec } = delivered.event.data.template as { readonly spec?: JsonObject };
    return usesOf(said('fleet', delivered), spec);
  });
}

export function usersOfSpecs(events: readonly Delivered<{ spec: JsonObject | null }>[]): Uses[] {
  return events.map((delivered) => usesOf(said('device', delivered), delivered.event.data.spec));
}

/** A deleted fleet or device refers to nothing. */
export function withoutUses(kind: Uses['kind'], events: readonly Delivered[]): Uses[] {
  return events.map((delivered) => usesOf(said(kind, delivered, true), null));
}
