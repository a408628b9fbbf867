import { boot } from '@skein/service';
import { AppModule } from './app.module.js';

await boot({ module: AppModule });
