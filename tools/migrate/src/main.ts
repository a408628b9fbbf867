import { parseArgs } from 'node:util';
import { migrate } from './migrate.js';
import { rooms, type Room } from './role-matrix.js';

const help = `usage: npm run migrate [-- --help]

Brings a database to this build's schemas, roles and privileges.

  SKEIN_DATABASE_URL             PostgreSQL 15 or later, with a role that may create roles and schemas
  SKEIN_<SERVICE>_PASSWORD       password for the role of that service: ${rooms.join(', ')};
                                 without it one is drawn, and printed as part of the service's URL
`;

function passwords(): Partial<Record<Room, string>> {
  const given = rooms.map((room) => [room, process.env[`SKEIN_${room.toUpperCase()}_PASSWORD`]]);
  return Object.fromEntries(given.filter(([, password]) => password));
}

async function main(): Promise<number> {
  if (parseArgs({ options: { help: { type: 'boolean' } } }).values.help) {
    process.stdout.write(help);
    return 0;
  }
  const url = process.env['SKEIN_DATABASE_URL'];
  if (!url) {
    process.stderr.write(`SKEIN_DATABASE_URL is not set.\n\n${help}`);
    return 2;
  }
  const given = passwords();
  const { migrations, urlOf } = await migrate({ url, passwords: given });
  process.stdout.write(`${migrations} migrations ran\n`);
  for (const room of rooms.filter((name) => !given[name])) {
    process.stdout.write(`${room}: ${urlOf(room)}\n`);
  }
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`The migration failed: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
