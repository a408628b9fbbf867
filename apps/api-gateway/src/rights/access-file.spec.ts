import { describe, expect, it } from '@jest/globals';
import { DEFAULT_ORGANISATION } from '@skein/events';
import { InvalidAccessFile, readAccessFile } from './access-file.js';

const org = '0192f0c1-0000-7000-8000-000000000001';
const sha256 = 'a'.repeat(64);
const grant = { role: 'viewer', organization: org };
const organizations = [{ id: org, displayName: 'One' }];
const file = (changed: object) => ({ organizations, tokens: [], ...changed });
const token = (changed: object) =>
  file({ tokens: [{ name: 'n', sha256, roles: [grant], ...changed }] });

function problemsOf(text: string): readonly string[] {
  try {
    readAccessFile(text);
  } catch (error) {
    if (error instanceof InvalidAccessFile) return error.problems;
    throw error;
  }
  return [];
}

describe('an access file', () => {
  it('is YAML or JSON', () => {
    const yaml = `organizations: [{id: ${org}, displayName: One}]\ntokens: []`;
    expect(readAccessFile(yaml)).toEqual(readAccessFile(JSON.stringify(file({}))));
  });

  it('speaks of the default organisation unless it declares others', () => {
    expect(readAccessFile('tokens: []').organizations.map(({ id }) => id)).toEqual([
      DEFAULT_ORGANISATION,
    ]);
  });

  it.each([
    [file({ tokens: {} }), 'tokens: '],
    [file({ groups: [{ name: '', roles: [grant] }] }), 'groups[0].name: '],
    [file({ groups: [1, 2].map(() => ({ name: 'g', roles: [grant] })) }), 'group g stands twice'],
    [file({ organizations: [] }), 'organizations: '],
    [file({ organizations: [{ id: 'one', displayName: 'One' }] }), 'must be a UUID'],
    [file({ organizations: [...organizations, ...organizations] }), 'is declared twice'],
    [file({ token: [] }), 'token: is not known here'],
    [token({ sha256: 'secret' }), 'tokens[0].sha256: sha256 must be the SHA-256 of the token'],
    [token({ name: 'a b' }), 'tokens[0].name: name must be'],
    [token({ roles: [] }), 'tokens[0].roles: '],
    [
      token({ roles: [{ ...grant, role: 'root' }] }),
      'tokens[0].roles[0].role: role must be one of',
    ],
    [token({ roles: [{ ...grant, organization: 'all' }] }), 'must be the id of an organization'],
    [token({ roles: [{ ...grant, organization: DEFAULT_ORGANISATION }] }), 'is not declared'],
    [token({ roles: [{ ...grant, role: 'device' }] }), 'names the uid of a device'],
    [token({ roles: [{ ...grant, device: org }] }), 'names the uid of a device'],
    [token({ roles: [{ role: 'device', organization: '*', device: org }] }), 'one organization'],
    [
      file({ tokens: [1, 2].map((n) => ({ name: `n${n}`, sha256, roles: [grant] })) }),
      'stands twice',
    ],
  ])('%j is refused', (body, message) => {
    expect(problemsOf(JSON.stringify(body)).join('; ')).toContain(message);
  });

  it('is refused without being repeated when it cannot be read', () => {
    const [problem] = problemsOf('tokens: [{ name: hidden-secret');
    expect(problem).toMatch(/^is neither YAML nor JSON: /);
    expect(problem).not.toContain('hidden-secret');
  });

  it('is no place for a billion laughs', () => {
    const laughs = 'a: &a [x]\nb: &b [*a, *a]\ntokens: [*b, *b]';
    expect(problemsOf(laughs)).toEqual([expect.stringMatching(/^is neither YAML nor JSON: /)]);
  });
});
