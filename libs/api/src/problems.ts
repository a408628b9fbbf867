import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { holdsInherited, putBackInherited, withoutInherited } from './inherited-names.js';

const MAX_DEPTH = 64;

/** PostgreSQL keeps no NUL, and half of a surrogate pair is no text. */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** Why a value cannot even be looked at; undefined when it can. */
function unfit(value: unknown, left = MAX_DEPTH): string | undefined {
  if (typeof value === 'string') {
    return isStorable(value) ? undefined : 'holds text that is no valid Unicode, or NUL';
  }
  if (value === null || typeof value !== 'object') return undefined;
  if (left === 0) return `is nested deeper than ${MAX_DEPTH}`;
  return firstReason(Object.entries(value).flat(), left - 1);
}

function firstReason(values: readonly unknown[], left: number): string | undefined {
  for (const value of values) {
    const reason = unfit(value, left);
    if (reason) return reason;
  }
  return undefined;
}

function pathOf(parent: string, { property, target }: ValidationError): string {
  if (Array.isArray(target)) return `${parent}[${property}]`;
  return parent ? `${parent}.${property}` : property;
}

const unknownAt = (path: string): string => `${path}: is not known here`;

function messagesOf(parent: string, errors: readonly ValidationError[]): string[] {
  return errors.flatMap((error) => {
    const path = pathOf(parent, error);
    const own = Object.entries(error.constraints ?? {}).map(([constraint, message]) =>
      constraint === 'whitelistValidation' ? unknownAt(path) : `${path}: ${message}`,
    );
    return [...own, ...messagesOf(path, error.children ?? [])];
  });
}

const problemsOf = (instance: object): string[] =>
  messagesOf('', validateSync(instance, { whitelist: true, forbidNonWhitelisted: true }));

/** A body read as a resource: the instance, and what is wrong with it, each with its full path. */
export interface ReadBody<Resource> {
  readonly resource: Resource;
  readonly problems: readonly string[];
}

/** Reads a JSON value as a resource class; members that the class does not know are problems. */
export function readBody<Resource extends object>(
  type: new () => Resource,
  body: unknown,
): ReadBody<Resource> {
  const resource = new type();
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    return { resource, problems: ['the body must be a JSON object'] };
  }
  const reason = unfit(body);
  if (reason) return { resource, problems: [`the body ${reason}`] };
  const instance = plainToInstance(type, withoutInherited(body));
  const problems = problemsOf(instance);
  if (!holdsInherited(body)) return { resource: instance, problems };
  const unknown = putBackInherited(body, instance).map(unknownAt);
  // What was put back is looked at where nothing else can be wrong: rules make text of what should be text.
  const isFine = problems.length === 0 && unknown.length === 0;
  return {
    resource: instance,
    problems: isFine ? problemsOf(instance) : [...problems, ...unknown],
  };
}
