import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { settingsOf } from '@skein/config';
import { parse } from 'yaml';
import { CacheServerConfig, cacheServerFlags, streamServerFlags } from './cache-server.js';

const docker = join(import.meta.dirname, '../../../../docker');

interface Container {
  /** The command with the variables still in it. */
  readonly command: string;
  readonly memory: string;
  readonly image: string;
  readonly defaults: ReadonlyMap<string, string>;
  readonly ports: string;
}

const inCompose = /\$\{(\w+):-([^}]*)\}/g;

function composed(name: string): Container {
  const text = readFileSync(join(docker, 'compose.yaml'), 'utf8');
  const { services } = parse(text) as { services: Record<string, Record<string, unknown>> };
  const { command, mem_limit: memory, image, ports } = services[name]!;
  const all = [command, memory, ports].flat().join(' ');
  const defaults = new Map([...all.matchAll(inCompose)].map(([, key, value]) => [key!, value!]));
  const plain = (value: unknown) => String(value).replace(inCompose, '${$1}');
  const more = { image: `docker.io/${String(image)}`, ports: plain(ports) };
  return { ...{ command: plain(command), memory: plain(memory), defaults }, ...more };
}

function quadlet(name: string): Container {
  const text = readFileSync(join(docker, `quadlet/skein-${name}.container`), 'utf8');
  const values = (key: string) =>
    [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value!);
  return {
    command: values('Exec')[0]!.replace(/\$(\w+)/g, '${$1}'),
    memory: values('PodmanArgs')[0]!.replace('--memory ', ''),
    image: values('Image')[0]!,
    defaults: new Map(values('Environment').map((pair) => pair.split(/=(.*)/) as [string, string])),
    ports: values('PublishPort')[0]!,
  };
}

const filledIn = (text: string, { defaults }: Container) =>
  text.replace(/\$\{(\w+)\}/g, (_, name: string) => defaults.get(name)!).trim();

function flagsOf(container: Container): Map<string, string> {
  const [, ...flags] = filledIn(container.command, container).split(/\s+--/);
  return new Map(flags.map((flag) => flag.split(/\s+(.*)/) as [string, string]));
}

function pairs(flags: readonly string[]): [string, string][] {
  return flags.flatMap((name, at) => (at % 2 ? [] : [[name.slice(2), flags[at + 1]!]]));
}

/** In MiB. */
const inMib = (text: string) => parseInt(text) * (/g/i.test(text) ? 1_024 : 1);

const cache = [composed('cache-redis'), quadlet('cache-redis')];
const streams = [composed('stream-redis'), quadlet('stream-redis')];

describe('the servers in containers', () => {
  it('are described with their variables and defaults', () => {
    const page = readFileSync(join(docker, '../docs/key-value-stores.md'), 'utf8');
    const described = [...cache, ...streams].flatMap(({ defaults }) => [...defaults]);
    for (const [name, value] of described.filter(([variable]) => !variable.endsWith('_PORT'))) {
      expect(page).toMatch(
        new RegExp(`^\\| \`${name}\` \\| ${value ? `\`${value}\`` : ''} *\\|`, 'm'),
      );
    }
  });

  it('have the same settings under Compose and under Podman', () => {
    for (const [compose, podman] of [cache, streams]) {
      expect(podman!.command).toBe(compose!.command);
      expect(podman!.memory).toBe(compose!.memory);
      expect(podman!.image).toBe(compose!.image);
      const { defaults } = compose!;
      for (const [name, value] of podman!.defaults) {
        expect([name, defaults.get(name)]).toEqual([name, value]);
      }
      expect(filledIn(compose!.ports, compose!)).toBe(podman!.ports);
    }
  });

  it('hold the cache as an own server does, by settings of the same names', () => {
    const names = settingsOf(CacheServerConfig).map(({ variable }) => variable);
    for (const container of cache) {
      expect([...container.defaults.keys()]).toEqual(expect.arrayContaining(names));
      for (const name of names) expect(container.command).toContain(`\${${name}}`);
      const { save, appendonly, ...rest } = Object.fromEntries(flagsOf(container));
      expect({ save, appendonly }).toEqual({ save: '""', appendonly: 'no' });
      expect(rest).toEqual(Object.fromEntries(pairs(cacheServerFlags({}))));
    }
  });

  it('hold the streams without eviction, on disk every second', () => {
    for (const container of streams) {
      expect(Object.fromEntries(flagsOf(container))).toEqual({
        ...{ appendonly: 'yes', appendfsync: 'everysec', save: '""' },
        ...{ 'maxmemory-policy': 'noeviction', ...Object.fromEntries(pairs(streamServerFlags)) },
      });
    }
  });

  it('have as much more than their maxmemory as is advised', () => {
    for (const container of [...cache, ...streams]) {
      const memory = inMib(filledIn(container.memory, container));
      expect(inMib(flagsOf(container).get('maxmemory')!)).toBe(memory * 0.75 - 200);
    }
  });
});
