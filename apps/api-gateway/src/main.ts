import { boot } from '@skein/service';
import { gateway } from './gateway.options.js';

await boot(gateway);
