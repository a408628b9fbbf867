import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';

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

function messagesOf(parent: string, errors: readonly ValidationError[]): string[] {
  return errors.flatMap((error) => {
    const path = pathOf(parent, error);
    const own = Object.entries(error.constraints ?? {}).map(([constraint, message]) =>
      constraint === 'whitelistValidation' ? `${path}: is not known here` : `${path}: ${message}`,
    );
    return [...own, ...messagesOf(path, error.children ?? [])];
  });
}

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
  const instance = plainToInstance(type, body);
  const errors = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true });
  return { resource: instance, problems: messagesOf('', errors) };
}
