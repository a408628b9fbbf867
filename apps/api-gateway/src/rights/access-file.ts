import { readBody } from '@skein/api';
import { DEFAULT_ORGANISATION } from '@skein/events';
import { Type } from 'class-transformer';
import {
  ArrayMinSize,
  IsArray,
  IsIn,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { parse } from 'yaml';
import { EVERYWHERE } from './identity.js';
import { roles, type Role } from './roles.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const UUID_OR_ALL = /^(\*|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
const NAME = /^[\x21-\x7e]{1,128}$/;
const DIGEST = /^[0-9a-f]{64}$/;

class DeclaredOrganization {
  @Matches(UUID, { message: '$property must be a UUID in lower case' })
  id: string;

  @IsString()
  @MaxLength(253)
  displayName: string;
}

class DeclaredGrant {
  @IsIn(roles)
  role: Role;

  @Matches(UUID_OR_ALL, { message: '$property must be the id of an organization, or "*"' })
  organization: string;

  @IsOptional()
  @Matches(UUID, { message: '$property must be the uid of a device' })
  device?: string;
}

class DeclaredGroup {
  @IsString()
  @IsNotEmpty()
  @MaxLength(256)
  name: string;

  @IsArray()
  @ArrayMinSize(1)
  @ValidateNested({ each: true })
  @Type(() => DeclaredGrant)
  roles: DeclaredGrant[];
}

class DeclaredToken {
  @Matches(NAME, { message: '$property must be 1 to 128 printable characters without spaces' })
  name: string;

  @Matches(DIGEST, { message: '$property must be the SHA-256 of the token, 64 hex digits' })
  sha256: string;

  @IsArray()
  @ArrayMinSize(1)
  @ValidateNested({ each: true })
  @Type(() => DeclaredGrant)
  roles: DeclaredGrant[];
}

const defaults = {
  organizations: [{ id: DEFAULT_ORGANISATION, displayName: 'Default' }],
  groups: [],
  tokens: [],
};

/** Who may do what, as an administrator writes it down. */
export class AccessFile {
  @IsArray()
  @ArrayMinSize(1)
  @ValidateNested({ each: true })
  @Type(() => DeclaredOrganization)
  organizations: DeclaredOrganization[];

  /** Of an OpenID provider: what its members may do. */
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => DeclaredGroup)
  groups: DeclaredGroup[];

  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => DeclaredToken)
  tokens: DeclaredToken[];
}

function repeated(texts: readonly string[]): string[] {
  return texts.filter((text, index) => texts.indexOf(text) < index);
}

/** What the shape does not say. */
function meaningProblems({ organizations, groups, tokens }: AccessFile): string[] {
  const ids = organizations.map(({ id }) => id);
  const known = new Set([...ids, EVERYWHERE]);
  const grants = [...groups, ...tokens].flatMap(({ name, roles: held }) =>
    held.map((grant) => ({ name, ...grant })),
  );
  return [
    ...repeated(ids).map((id) => `organization ${id} is declared twice`),
    ...repeated(groups.map(({ name }) => name)).map((name) => `group ${name} stands twice`),
    ...repeated(tokens.map(({ sha256 }) => sha256)).map((digest) => `${digest} stands twice`),
    ...grants
      .filter(({ organization }) => !known.has(organization))
      .map(({ name, organization }) => `${name}: organization ${organization} is not declared`),
    ...grants
      .filter(({ role, device }) => (role === 'device') !== (device !== undefined))
      .map(({ name }) => `${name}: the role device, and no other, names the uid of a device`),
    ...grants
      .filter(({ role, organization }) => role === 'device' && organization === EVERYWHERE)
      .map(({ name }) => `${name}: a device belongs to one organization`),
  ];
}

function parsed(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 });
  } catch (error) {
    // The first line says what and where; the next ones show the text, which may hold a token.
    const [what] = (error as Error).message.split('\n');
    throw new InvalidAccessFile([`is neither YAML nor JSON: ${what}`]);
  }
}

/** Everything that is wrong with an access file. */
export class InvalidAccessFile extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('; '));
  }
}

/**
 * Reads the text of an access file, YAML or JSON.
 * @throws InvalidAccessFile
 */
export function readAccessFile(text: string): AccessFile {
  const body = parsed(text);
  const isObject = body !== null && typeof body === 'object';
  const { resource, problems } = readBody(AccessFile, isObject ? { ...defaults, ...body } : body);
  const all = problems.length > 0 ? problems : meaningProblems(resource);
  if (all.length > 0) throw new InvalidAccessFile(all);
  return resource;
}
