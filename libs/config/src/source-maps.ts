/** Errors name lines of our sources; the maps of what we depend on would take 14 MB in each process. */
import module from 'node:module';

module.setSourceMapsSupport(true, { nodeModules: false });
