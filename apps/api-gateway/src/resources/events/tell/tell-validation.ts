import {
  fleetValidated,
  templateVersionCreated,
  type FleetValidated,
  type TemplateVersionCreated,
} from '@skein/events';
import { created } from './tell-gateway.js';
import { telling, type Told } from './telling.js';

function validated({ valid, message }: FleetValidated): Told {
  if (valid) return { reason: 'FleetValid', message: 'has a valid template' };
  return { reason: 'FleetInvalid', message: `has no valid template: ${message}` };
}

function minted({ name, generation }: TemplateVersionCreated): Told {
  return {
    reason: 'FleetTemplateVersionCreated',
    message: `has the new template version ${name}, of generation ${generation} of its template`,
  };
}

export const validationTellings = [
  telling(templateVersionCreated, {
    ...created,
    fleet: { reasons: ['FleetTemplateVersionCreated'], tell: minted },
  }),
  telling(fleetValidated, { reasons: ['FleetValid', 'FleetInvalid'], tell: validated }),
];
