/** A server by hand, which the gateway is compared with. */
import { bareServer, type Holder } from '../scenarios/api/bare/server.js';
import { Store } from '../scenarios/api/bare/store.js';
import { given, serve } from './serve.js';

const store = await Store.open(given('SKEIN_DATABASE_URL'));
const [holder] = (JSON.parse(given('SKEIN_ACCESS')) as { tokens: [Holder] }).tokens;
const server = bareServer(store, holder);
await server.listen({ host: '127.0.0.1', port: Number(given('BENCH_PORT')) });

serve({}, async () => {
  await server.close();
  await store.close();
});
