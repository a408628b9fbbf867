/** The operations of a gateway's own OpenAPI document. */
type Loose = ReturnType<typeof JSON.parse>;

export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly schema: Loose;
}

export interface Operation {
  /** `GET /api/v1/devices/{name}`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Schemas of the body by media type; none for an operation without a body. */
  readonly bodies: readonly (readonly [type: string, schema: Loose])[];
  readonly needsBody: boolean;
}

const BODIES = ['POST', 'PUT', 'PATCH'];

export function operationsOf({ paths }: Loose): Operation[] {
  return Object.entries<Loose>(paths).flatMap(([path, item]) =>
    Object.entries<Loose>(item).map(([verb, about]) => {
      const method = verb.toUpperCase();
      const content: Record<string, Loose> = about.requestBody?.content ?? {};
      const bodies = Object.entries(content).map(([type, { schema }]) => [type, schema] as const);
      const { parameters = [] } = about;
      const needsBody = about.requestBody?.required === true;
      return { name: `${method} ${path}`, method, path, parameters, bodies, needsBody };
    }),
  );
}

/** How much of a run goes to an operation: what takes more, can go wrong in more ways. */
export function weightOf({ method, parameters }: Operation): number {
  return BODIES.includes(method) ? 4 : Math.min(3, 1 + parameters.length);
}
