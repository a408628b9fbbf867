import type { Loose } from '../json-client.js';

/** An operation of a document. */
export interface Operation {
  /** `GET /things/{name}`. */
  readonly name: string;
  readonly method: string;
  /** As the document has it; undefined for an extension. */
  readonly about?: Loose;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const PARAMETER = /^\{.*\}$/;

interface Route extends Operation {
  readonly segments: readonly string[];
}

function fits(route: Route, method: string, segments: readonly string[]): boolean {
  return (
    route.method === method &&
    route.segments.length === segments.length &&
    route.segments.every((one, index) => PARAMETER.test(one) || one === segments[index])
  );
}

function routeOf(name: string, about?: Loose): Route {
  const [method, path] = name.split(' ') as [string, string];
  return { name, method, segments: path.split('/'), ...(about && { about }) };
}

/** Finds the operation that a request is for; what is literal in a path goes before parameters. */
export class Operations {
  private readonly routes: readonly Route[];

  constructor(document: Loose, further: readonly string[]) {
    const documented = Object.entries(document.paths as Record<string, Loose>).flatMap(
      ([path, item]) =>
        METHODS.filter((method) => item[method]).map((method) => {
          const parameters = [...(item.parameters ?? []), ...(item[method].parameters ?? [])];
          return routeOf(`${method.toUpperCase()} ${path}`, { ...item[method], parameters });
        }),
    );
    const routes = [...documented, ...further.map((name) => routeOf(name))];
    const literals = ({ segments }: Route) => segments.filter((one) => !PARAMETER.test(one)).length;
    this.routes = routes.sort((one, other) => literals(other) - literals(one));
  }

  find(method: string, path: string): Operation | undefined {
    const segments = path.split('/');
    return this.routes.find((route) => fits(route, method, segments));
  }
}
