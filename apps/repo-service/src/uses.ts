import type { RepositoryUser } from '@skein/domain-repo';
import { repositoriesOf } from '@skein/domain-resource';
import type { Delivered, JsonObject } from '@skein/events';

/** To which repositories a fleet or device refers since an event. */
export interface Uses extends RepositoryUser {
  readonly org: string;
  readonly number: number;
  /** Names of repositories, each once. */
  readonly names: readonly string[];
  readonly deleted: boolean;
}

function usesOf(
  kind: Uses['kind'],
  { sequence, event }: Delivered,
  spec: JsonObject | null | undefined,
): Uses {
  const names = repositoriesOf(spec ?? {});
  return { kind, org: event.org, uid: event.subject, number: sequence, names, deleted: false };
}

export function usersOfTemplates(events: readonly Delivered<{ template: JsonObject }>[]): Uses[] {
  return events.map((delivered) => {
    const { spec } = delivered.event.data.template as { readonly spec?: JsonObject };
    return usesOf('fleet', delivered, spec);
  });
}

export function usersOfSpecs(events: readonly Delivered<{ spec: JsonObject | null }>[]): Uses[] {
  return events.map((delivered) => usesOf('device', delivered, delivered.event.data.spec));
}

/** A deleted fleet or device refers to nothing. */
export function withoutUses(kind: Uses['kind'], events: readonly Delivered[]): Uses[] {
  return events.map((delivered) => ({ ...usesOf(kind, delivered, null), deleted: true }));
}
