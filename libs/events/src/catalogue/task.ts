import { define } from '../define.js';
import type { EventDefinition } from '../envelope.js';
import type { Group, Kind, TaskKind } from '../kinds.js';

/** A service could not handle an event, and tries it again only when a person asks for it. */
export interface TaskPermanentlyFailed {
  /** Number of the event in the log. */
  readonly number: number;
  /** Id of the event. */
  readonly event: string;
  /** Type of the event. */
  readonly type: string;
  /** Kind and uid of the event's subject. */
  readonly kind: string;
  readonly subject: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** Why the last try failed. */
  readonly cause: string;
}

function of<Service extends Group>(service: Service, kind: TaskKind<Service> & Kind) {
  return define<TaskPermanentlyFailed>(kind, `skein.${service}-task.permanently-failed.v1`, [
    'number',
    'event',
    'type',
    'kind',
    'subject',
    'attempts',
    'cause',
  ]);
}

/** What each service says when it gives an event up. Nobody hears these: a failure causes no other one. */
export const taskPermanentlyFailed: Readonly<
  Record<Group, EventDefinition<TaskPermanentlyFailed>>
> = {
  gateway: of('gateway', 'GatewayTask'),
  selector: of('selector', 'SelectorTask'),
  validation: of('validation', 'ValidationTask'),
  rollout: of('rollout', 'RolloutTask'),
  render: of('render', 'RenderTask'),
  repo: of('repo', 'RepoTask'),
};

/** An event took effect in the gateway's views after later ones had passed it. */
export interface HandledLate {
  /** Number of that event in the log. */
  readonly number: number;
  /** Type of that event. */
  readonly type: string;
}

/** Lets those who watch know: what changed has no number of its own. The subject is that of the event. */
export const handledLate = define<HandledLate>(
  'GatewayTask',
  'skein.gateway-task.handled-late.v1',
  ['number', 'type'],
);
