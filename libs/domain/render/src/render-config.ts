import type { ConfigProvider } from '@skein/domain-resource';
import { classifyConfigItem } from '@skein/domain-resource';
import type { Expander } from '@skein/domain-template';
import type { ConfigSources } from './config-files.js';
import { configFiles } from './config-files.js';
import type { RenderedConfigItem } from './rendered-document.js';

function renderItem(provider: ConfigProvider, sources: ConfigSources): RenderedConfigItem {
  const { name } = provider;
  const config = classifyConfigItem(provider);
  if (config) return { name, inline: configFiles(config, sources) };
  sources.expander.problem(name, 'exactly one of gitRef, httpRef, inline and secretRef is needed');
  return { name, inline: [] };
}

function checkNames(items: RenderedConfigItem[], expander: Expander): void {
  const seen = new Set<string>();
  for (const { name } of items) {
    if (seen.has(name)) expander.problem(name, 'two config items have this name');
    seen.add(name);
  }
}

/** Two files at one path: the device could hold only one of them. */
function checkPaths(items: RenderedConfigItem[], expander: Expander): void {
  const owners = new Map<string, string>();
  const files = items.flatMap(({ name, inline }) => inline.map(({ path }) => ({ name, path })));
  // What is not absolute is a problem of its own already.
  for (const { name, path } of files.filter((file) => file.path.startsWith('/'))) {
    const owner = owners.get(path);
    if (owner === undefined) owners.set(path, name);
    else expander.problem(name, `path ${path} is also written by config item "${owner}"`);
  }
}

export function renderConfig(
  providers: ConfigProvider[],
  sources: ConfigSources,
): RenderedConfigItem[] {
  const items = providers.map((provider) => renderItem(provider, sources));
  checkNames(items, sources.expander);
  checkPaths(items, sources.expander);
  return items;
}
