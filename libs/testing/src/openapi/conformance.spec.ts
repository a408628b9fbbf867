import { beforeEach, describe, expect, it } from '@jest/globals';
import { Conformance, type Exchange } from './conformance.js';
import { entriesOf, type Extensions } from './extensions.js';

const json = ($ref: string) => ({
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${$ref}` } } },
});
const text = { type: 'string' };

const document = {
  paths: {
    '/things': {
      get: {
        parameters: [{ in: 'query', name: 'limit', schema: { type: 'integer', maximum: 10 } }],
        responses: { 200: json('ThingList') },
      },
    },
    '/things/{name}': {
      parameters: [{ in: 'path', name: 'name', schema: text }],
      put: { requestBody: json('Thing'), responses: { 200: json('Thing'), 204: {} } },
      delete: { responses: {} },
    },
    '/things/all': { get: { responses: { 200: json('Thing') } } },
  },
  components: {
    securitySchemes: { org: { type: 'apiKey', in: 'query', name: 'org' } },
    schemas: {
      Thing: {
        type: 'object',
        required: ['name', 'size'],
        properties: {
          name: text,
          size: { enum: ['small'] },
          shape: { $ref: '#/components/schemas/Shape' },
          both: { allOf: [{ $ref: '#/components/schemas/Round' }, { properties: { more: text } }] },
          note: { type: 'string', nullable: true },
          free: { type: 'object' },
        },
      },
      ThingList: { type: 'array', items: { $ref: '#/components/schemas/Thing' } },
      Shape: {
        oneOf: [{ $ref: '#/components/schemas/Round' }, { $ref: '#/components/schemas/Square' }],
        discriminator: {
          propertyName: 'is',
          mapping: { round: '#/components/schemas/Round', square: '#/components/schemas/Square' },
        },
      },
      Round: { type: 'object', properties: { is: text, radius: { type: 'number' } } },
      Square: { type: 'object', properties: { is: text, side: { type: 'number' } } },
      Status: { type: 'object', required: ['code'], properties: { code: { type: 'integer' } } },
    },
  },
};

const extensions: Extensions = {
  operations: ['GET /others/{name}'],
  unbuilt: ['DELETE /things/{name}'],
  parameters: { pretend: { on: ['PUT'], schema: { enum: ['All'] } } },
  statuses: { 404: ['GET'], 409: ['PUT /things/{name}'] },
  requestTypes: { 'application/other+json': { type: 'array' } },
  responseTypes: { 'application/problem+json': { required: ['title'] } },
  members: { 'Thing.colour': text, 'Thing.size': { enum: ['huge'] } },
  optional: ['Thing'],
};

const thing = { name: 'a', size: 'small' };
const JSON_TYPE = 'application/json';

interface Said {
  readonly method?: string;
  readonly url?: string;
  readonly sent?: unknown;
  readonly sentType?: string;
  readonly status?: number;
  readonly answer?: unknown;
  readonly type?: string | undefined;
}

const usual = {
  ...{ method: 'PUT', url: '/things/a', sent: thing, sentType: JSON_TYPE },
  ...{ status: 200, answer: thing, type: JSON_TYPE as string | undefined },
};

function exchange(said: Said): Exchange {
  const { method, url, sent, sentType, status, answer, type } = { ...usual, ...said };
  const [request, response] = [
    { type: sentType, body: sent },
    { status, type, body: answer },
  ];
  return { method, url, request, response };
}

let conformance: Conformance;
beforeEach(() => {
  conformance = new Conformance(document, extensions);
});
const deviations = (said: Said) => conformance.deviations(exchange(said));

describe('what conforms', () => {
  it.each<[string, Said]>([
    ['as documented', {}],
    ['null where it may be', { answer: { ...thing, note: null } }],
    ['anything where anything may be', { answer: { ...thing, free: { a: 1 } } }],
    ['one of several', { answer: { ...thing, shape: { is: 'square', side: 1 } } }],
    ['all of several', { answer: { ...thing, both: { radius: 1, more: 'a' } } }],
    ['a parameter', { method: 'GET', url: '/things?limit=3', sent: undefined, answer: [thing] }],
    ['a parameter of every operation', { url: '/things/a?org=1' }],
    ['without a body for HEAD', { method: 'HEAD', url: '/things/all', sent: undefined }],
    ['nothing', { status: 204, answer: undefined, type: undefined }],
    ['a path that there is not', { url: '/none', status: 404, answer: { code: 404 } }],
  ])('is %s', (_what, said) => {
    expect(deviations(said)).toEqual([]);
    expect([...conformance.used]).toEqual([]);
  });
});

describe('what is named beyond the document', () => {
  const get = { method: 'GET', url: '/things/all', sent: undefined };
  it.each<[string, Said]>([
    ['operations GET /others/{name}', { ...get, url: '/others/a', answer: { any: 1 } }],
    [
      'unbuilt DELETE /things/{name}',
      { method: 'DELETE', sent: undefined, status: 501, answer: { code: 501 } },
    ],
    ['parameters pretend', { url: '/things/a?pretend=All' }],
    ['statuses 404', { ...get, status: 404, answer: { code: 404 } }],
    ['statuses 409', { status: 409, answer: { code: 409 } }],
    ['requestTypes application/other+json', { sentType: 'application/other+json', sent: [] }],
    ['members Thing.colour', { answer: { ...thing, colour: 'red' } }],
    ['members Thing.size', { answer: { ...thing, size: 'huge' } }],
    ['optional Thing', { sent: { name: 'a' } }],
  ])('conforms and is noted: %s', (entry, said) => {
    expect(deviations(said)).toEqual([]);
    expect([...conformance.used]).toEqual([entry]);
    expect(entriesOf(extensions)).toContain(entry);
  });

  it('conforms and is noted, each for itself', () => {
    const type = 'application/problem+json';
    expect(deviations({ status: 409, type, answer: { title: 'a' } })).toEqual([]);
    expect([...conformance.used].sort()).toEqual([`responseTypes ${type}`, 'statuses 409']);
    expect(entriesOf(extensions)).toHaveLength(10);
  });
});

describe('what deviates', () => {
  it.each<[string, Said]>([
    ['is no operation', { url: '/nothing' }],
    ['is no operation', { method: 'PATCH' }],
    ['must have required', { method: 'PATCH', status: 404, answer: {} }],
    ['is no status', { status: 201 }],
    ['is no status', { method: 'GET', url: '/things', status: 409, answer: { code: 409 } }],
    ['is no status', { status: 501, answer: { code: 501 } }],
    ['no parameter more', { url: '/things/a?more=1' }],
    ['no parameter pretend', { method: 'GET', url: '/things?pretend=All', answer: [] }],
    ['parameter pretend', { url: '/things/a?pretend=Some' }],
    ['must be <= 10', { method: 'GET', url: '/things?limit=11', sent: undefined, answer: [] }],
    ['must be integer', { method: 'GET', url: '/things?limit=x', sent: undefined, answer: [] }],
    ['the request has the type', { sentType: 'text/plain', sent: 'a' }],
    ['the request: /size', { sent: { ...thing, size: 'large' } }],
    ['the response has the type', { type: 'text/plain', answer: 'a' }],
    ['the response: it must have required', { answer: { name: 'a' } }],
    ['"unevaluatedProperty":"more"', { answer: { ...thing, more: 1 } }],
    ['"unevaluatedProperty":"less"', { answer: { ...thing, both: { more: 'a', less: 1 } } }],
    ['"unevaluatedProperty":"side"', { answer: { ...thing, shape: { is: 'round', side: 1 } } }],
    ['/shape/is must be equal to one of', { answer: { ...thing, shape: { is: 'flat' } } }],
    ['has a body', { status: 204 }],
    ["must have required property 'code'", { url: '/none', status: 404, answer: {} }],
    [
      "must have required property 'code'",
      { url: '/others/a', method: 'GET', status: 404, answer: {} },
    ],
  ])('is told: %s', (part, said) => {
    expect(deviations(said).join()).toContain(part);
  });
});
