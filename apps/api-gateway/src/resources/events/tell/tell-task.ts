import { API_VERSION } from '@skein/api';
import { handledLate, taskPermanentlyFailed, type TaskPermanentlyFailed } from '@skein/events';
import { resourceKind } from './kinds.js';
import { telling, type Scene, type Told } from './telling.js';

/** The original event is told with what the failure says of it: its data may be what could not be read. */
function gaveUp(service: string, failure: TaskPermanentlyFailed, { name }: Scene): Told {
  const { number, event, type, kind, subject, attempts, cause } = failure;
  const original = {
    apiVersion: API_VERSION,
    kind: 'Event',
    metadata: { name: event },
    involvedObject: { kind: resourceKind(kind), name: name(subject) },
    reason: 'InternalTaskFailed',
    message: `${type}, number ${number}`,
    type: 'Warning',
    source: { component: service },
    actor: `service:${service}`,
  };
  return {
    about: { kind, uid: subject },
    reason: 'InternalTaskPermanentlyFailed',
    message: `is behind: ${service} gave up ${type}, number ${number}, after ${attempts} attempts: ${cause}`,
    details: {
      detailType: 'InternalTaskPermanentlyFailed',
      errorMessage: cause,
      retryCount: Math.max(attempts - 1, 0),
      originalEvent: original,
    },
  };
}

const givenUp = Object.entries(taskPermanentlyFailed).map(([service, definition]) =>
  telling(definition, {
    reasons: ['InternalTaskPermanentlyFailed'],
    tell: (failure, scene) => gaveUp(service, failure, scene),
  }),
);

export const taskTellings = [
  ...givenUp,
  telling(handledLate, {
    reasons: ['InternalTaskHandledLate'],
    tell: ({ number, type }) => ({
      reason: 'InternalTaskHandledLate',
      message: `is shown with ${type}, number ${number}, which was handled late`,
    }),
  }),
];
