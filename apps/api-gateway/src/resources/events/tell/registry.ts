import { gatewayTellings } from './tell-gateway.js';
import { renderTellings } from './tell-render.js';
import { repoTellings } from './tell-repo.js';
import { requestTellings } from './tell-requests.js';
import { rolloutTellings } from './tell-rollout.js';
import { selectorTellings } from './tell-selector.js';
import { taskTellings } from './tell-task.js';
import { validationTellings } from './tell-validation.js';
import type { Telling } from './telling.js';

/**
 * How each type of event is told, by its name. To tell a new one, add a `telling` to the list of the service that speaks
 * of it; a test finds types that nothing tells.
 */
export const tellings: ReadonlyMap<string, Telling> = new Map(
  [
    ...gatewayTellings,
    ...requestTellings,
    ...selectorTellings,
    ...validationTellings,
    ...rolloutTellings,
    ...renderTellings,
    ...repoTellings,
    ...taskTellings,
  ].map((telling) => [telling.definition.type, telling]),
);
