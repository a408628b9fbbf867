import type { Loose } from '../json-client.js';
import type { Extensions } from './extensions.js';
import { Operations, type Operation } from './operations.js';
import { SchemaValidators } from './schema-validators.js';
import type { Direction } from './schemas.js';

/** The body of a request or an answer. */
interface Message {
  /** Media type without its parameters; undefined when there is no body. */
  readonly type: string | undefined;
  /** As a value of JSON. */
  readonly body: unknown;
}

/** A request and its answer. */
export interface Exchange {
  readonly method: string;
  /** Path and query, below the base of the document's paths. */
  readonly url: string;
  readonly request: Message;
  readonly response: Message & { readonly status: number };
}

/** Status codes of answers without a body. */
const EMPTY = [204, 304];

const ERROR_CONTENT = {
  'application/json': { schema: { $ref: '#/components/schemas/Status' } },
};

/** A value of a query as its schema may mean it: text that reads as a number or flag may be one. */
function asJson(text: string, { type }: Loose): unknown {
  const isNumber = (type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text);
  const isFlag = type === 'boolean' && /^(true|false)$/.test(text);
  return isNumber || isFlag ? JSON.parse(text) : text;
}

/** Holds requests and answers against an OpenAPI 3.0 document and what is named beyond it. */
export class Conformance {
  /** The entries of the extensions that were needed. */
  readonly used = new Set<string>();
  private readonly operations: Operations;
  private readonly validators: SchemaValidators;
  /** Parameters of every operation: those of the document's security schemes. */
  private readonly ofAll: readonly string[];

  constructor(
    document: Loose,
    private readonly extensions: Extensions,
  ) {
    const schemes: Loose[] = Object.values(document.components.securitySchemes ?? {});
    this.ofAll = schemes.filter((scheme) => scheme.in === 'query').map(({ name }) => name);
    this.operations = new Operations(document, extensions.operations);
    this.validators = new SchemaValidators(document, extensions, (entry) => this.used.add(entry));
  }

  /** Whether the exchange is an operation of the document, or one that is named beyond it. */
  has({ method, url }: Exchange): boolean {
    return this.operationOf(method, url.split('?')[0]!) !== undefined;
  }

  /**
   * What the exchange does that neither the document nor the extensions have; each as a sentence. A request is
   * looked at if it was not refused. What is no operation must be refused.
   */
  deviations({ method, url, request, response }: Exchange): string[] {
    const [path, query = ''] = url.split('?') as [string, string?];
    const operation = this.operationOf(method, path);
    const isRefused = response.status >= 400;
    if (!operation && isRefused) return this.inMessage('response', ERROR_CONTENT, response);
    if (!operation) return [`${method} ${path}: is no operation of the document`];
    const found = [
      ...this.inStatus(operation, response.status),
      ...(isRefused ? [] : this.inQuery(operation, query)),
      ...(isRefused ? [] : this.inRequest(operation, request)),
      ...this.inResponse(operation, response),
    ];
    return found.map((deviation) => `${operation.name} ${response.status}: ${deviation}`);
  }

  private operationOf(method: string, path: string): Operation | undefined {
    return this.operations.find(method === 'HEAD' ? 'GET' : method, path);
  }

  private inStatus({ name, method, about }: Operation, status: number): string[] {
    if (!about) this.used.add(`operations ${name}`);
    if (!about || about.responses[status]) return [];
    const entry = this.entryFor(name, method, status);
    if (entry === undefined) return ['is no status of the document'];
    this.used.add(entry);
    return [];
  }

  /** The entry that allows a status code; undefined when none does. */
  private entryFor(name: string, method: string, status: number): string | undefined {
    const { unbuilt, statuses } = this.extensions;
    if (status === 501 && unbuilt.includes(name)) return `unbuilt ${name}`;
    const places = statuses[status] ?? [];
    return places.includes(method) || places.includes(name) ? `statuses ${status}` : undefined;
  }

  private inQuery({ method, about }: Operation, query: string): string[] {
    const given = about ? [...new URLSearchParams(query)] : [];
    return given.flatMap(([name, text]) => {
      if (this.ofAll.includes(name)) return [];
      const known = about.parameters.find((one: Loose) => one.in === 'query' && one.name === name);
      const schema = known?.schema ?? this.furtherParameter(method, name);
      if (!schema) return [`the document has no parameter ${name}`];
      const faults = this.validators.faults('request', schema, asJson(text, schema));
      return faults.map((fault) => `parameter ${name}: ${fault}`);
    });
  }

  private furtherParameter(method: string, name: string): Loose {
    const further = this.extensions.parameters[name];
    if (!further?.on.includes(method)) return undefined;
    this.used.add(`parameters ${name}`);
    return further.schema;
  }

  private inRequest({ about }: Operation, { type, body }: Message): string[] {
    if (!about || body === undefined) return [];
    return this.inMessage('request', about.requestBody?.content ?? {}, { type, body });
  }

  private inResponse({ about }: Operation, { status, type, body }: Exchange['response']): string[] {
    if (EMPTY.includes(status)) return body === undefined ? [] : ['has a body'];
    const content = about?.responses[status]?.content ?? (status >= 400 && ERROR_CONTENT);
    return content ? this.inMessage('response', content, { type, body }) : [];
  }

  private inMessage(direction: Direction, content: Loose, { type = '', body }: Message): string[] {
    const sort = `${direction}Types` as const;
    const schema = content[type]?.schema ?? this.extensions[sort][type];
    if (!schema) return [`the ${direction} has the type '${type}'`];
    if (!content[type]) this.used.add(`${sort} ${type}`);
    return this.validators
      .faults(direction, schema, body)
      .map((fault) => `the ${direction}: ${fault}`);
  }
}
