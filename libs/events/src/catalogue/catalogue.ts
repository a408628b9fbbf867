import type { EventDefinition } from '../envelope.js';
import * as gateway from './gateway.js';
import * as render from './render.js';
import * as repo from './repo.js';
import * as requests from './requests.js';
import * as rollout from './rollout.js';
import * as selector from './selector.js';
import { handledLate, taskPermanentlyFailed } from './task.js';
import * as validation from './validation.js';

/** Every event type that Skein knows, by its name. */
export const catalogue: ReadonlyMap<string, EventDefinition> = new Map(
  [
    gateway,
    requests,
    selector,
    validation,
    rollout,
    render,
    repo,
    taskPermanentlyFailed,
    { handledLate },
  ]
    .flatMap((room) => Object.values(room) as unknown as EventDefinition[])
    .map((definition) => [definition.type, definition]),
);
