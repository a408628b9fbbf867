import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import * as about from '../about.js';
import * as application from '../application.js';
import * as configItem from '../config-item.js';
import * as deviceSpec from '../device-spec.js';
import * as deviceStatus from '../device-status.js';
import * as deviceTokens from '../device-tokens.js';
import * as devices from '../devices.js';
import * as events from '../events.js';
import * as fleets from '../fleets.js';
import * as kv from '../kv.js';
import * as metadata from '../metadata.js';
import * as repositories from '../repositories.js';
import * as rolloutRequests from '../rollout-requests.js';
import * as rollouts from '../rollouts.js';
import * as system from '../system.js';
import * as templateVersions from '../template-versions.js';
import { isCollection, isImplicit, markerOf, membersOf } from './members.js';
import { messageTypes } from './schema.js';

type Class = (new () => object) & { name: string };
type Property = { required?: boolean; isList: boolean };

const modules: object[] = [
  ...[
    about,
    application,
    configItem,
    deviceSpec,
    deviceStatus,
    deviceTokens,
    devices,
    events,
    fleets,
    kv,
  ],
  ...[metadata, repositories, rolloutRequests, rollouts, system, templateVersions],
];
const classes = new Map(
  modules
    .flatMap((module) => Object.values(module))
    .filter((value): value is Class => typeof value === 'function')
    .map((type) => [type.name, type]),
);
/** Messages by another name than their class. */
const others: Readonly<Record<string, string>> = { TemplateMetadata: 'ObjectMeta' };

const documents = messageTypes.filter(
  ({ name, typeName }) =>
    !/Request$|Response$|Place$|Entry$/.test(name) && !typeName.includes('Entry'),
);

function propertiesOf(type: Class): Map<string, Property> {
  const names = Reflect.getMetadata('swagger/apiModelPropertiesArray', type.prototype) as string[];
  const about = (key: string, name: string): unknown =>
    Reflect.getMetadata(key, type.prototype, name);
  return new Map(
    names.map((text) => {
      const name = text.slice(1);
      const { required } = about('swagger/apiModelProperties', name) as Property;
      return [name, { required, isList: about('design:type', name) === Array }];
    }),
  );
}

describe('messages and documents', () => {
  it('has a class for each message', () => {
    const missing = documents.filter(({ name }) => !classes.has(others[name] ?? name));
    expect(missing.map(({ name }) => name)).toEqual([]);
    expect(documents.length).toBeGreaterThan(60);
  });

  it.each(documents.map((type) => [type.name, type] as const))(
    '%s: the same members',
    (name, type) => {
      const properties = propertiesOf(classes.get(others[name] ?? name)!);
      const members = membersOf(type);
      expect(members.map(({ jsonName }) => jsonName).sort()).toEqual([...properties.keys()].sort());
      for (const field of members) {
        const { required, isList } = properties.get(field.jsonName)!;
        const place = `${name}.${field.jsonName}`;
        expect([place, field.fieldKind === 'list']).toEqual([place, isList]);
        // What may be absent must be able to be absent.
        const canBeAbsent = isCollection(field) ? markerOf(type) !== undefined : !isImplicit(field);
        if (!required) expect([place, canBeAbsent]).toEqual([place, true]);
      }
    },
  );
});
