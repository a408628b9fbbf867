import type { RedisProcess } from '@skein/testing';

/** How many entries all streams of a server have got in all their time. Asked past any network. */
export async function entriesAdded(server: RedisProcess): Promise<number> {
  const keys = (await server.ask('KEYS', '*:events')) as string[];
  const added = keys.map(async (key) => {
    const information = (await server.ask('XINFO', 'STREAM', key)) as unknown[];
    return Number(information[information.indexOf('entries-added') + 1]);
  });
  return (await Promise.all(added)).reduce((sum, count) => sum + count, 0);
}
