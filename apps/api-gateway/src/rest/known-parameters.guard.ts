import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { RefusedRequest } from '../resources/refused-request.js';

/** Where Nest keeps what `@ApiQuery` and `@ApiExcludeController` said; the package does not export these names. */
const PARAMETERS = 'swagger/apiParameters';
const EXCLUDED = 'swagger/apiExcludeController';

interface Documented {
  readonly name: string;
  readonly in?: string;
}

/** Which organisation a call is about: read where rights are asked, for every route. */
const OF_ALL = ['org_id'];

/** Of Flight Control's API, and not built: not taken for a mistake. */
const UNBUILT: Readonly<Record<string, string>> = { cveId: 'GET /api/v1/devices' };

function refuse(names: readonly string[], known: readonly string[]): never {
  const said = `${names.join(', ')}: is no parameter here; there are ${known.join(', ')}`;
  throw new RefusedRequest('invalid', said);
}

/** Refuses query parameters that the documentation of the route does not have: whoever sends one expects an effect. */
@Injectable()
export class KnownParameters implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() === 'http') this.look(context);
    return true;
  }

  private look(context: ExecutionContext): void {
    const { query, method, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
    const given = Object.keys(query as object);
    const known = given.length > 0 && this.knownTo(context);
    if (!known) return;
    const unknown = given.filter((name) => !known.includes(name));
    const unbuilt = unknown.find((name) => UNBUILT[name] === `${method} ${routeOptions.url}`);
    if (unbuilt) throw new RefusedRequest('unsupported', `${unbuilt}: not supported yet`);
    if (unknown.length > 0) refuse(unknown, known);
  }

  /** Undefined for what is not documented. */
  private knownTo(context: ExecutionContext): readonly string[] | undefined {
    if (this.reflector.get<unknown>(EXCLUDED, context.getClass())) return undefined;
    const documented = this.reflector.get<Documented[] | undefined>(
      PARAMETERS,
      context.getHandler(),
    );
    const own = (documented ?? []).filter((one) => one.in === 'query').map(({ name }) => name);
    return [...own, ...OF_ALL];
  }
}
