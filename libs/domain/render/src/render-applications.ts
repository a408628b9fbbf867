import type { ApplicationFile, ApplicationSpec, ApplicationVolume } from '@skein/domain-resource';
import type { Expander } from '@skein/domain-template';
import { climbs, hasParameters } from '@skein/domain-template';
import { decodeBase64, encodeContent } from './contents.js';

/** Expands texts that belong to one application. */
type Expand = (field: string, text: string) => string;

function expandPlain(file: ApplicationFile, expand: Expand): ApplicationFile {
  const { content } = file;
  if (content === undefined) return file;
  return { ...file, content: expand(`content of ${file.path}`, content) };
}

/** Base64 of a text may hold parameters; other bytes stay as they are. */
function expandBase64(file: ApplicationFile, expand: Expand): ApplicationFile {
  const bytes = decodeBase64(file.content ?? '');
  const { content, contentEncoding } = encodeContent(bytes ?? Buffer.alloc(0));
  if (contentEncoding === 'base64' || !hasParameters(content)) return file;
  const expanded = expand(`content of ${file.path}`, content);
  return { ...file, content: Buffer.from(expanded).toString('base64') };
}

function renderFile(item: string, file: ApplicationFile, expander: Expander): ApplicationFile {
  const expand: Expand = (field, text) => expander.text(item, field, text);
  const path = expand('path', file.path);
  if (path.startsWith('/') || climbs(path)) {
    expander.problem(item, `path "${path}" must be relative and without ".."`);
  }
  const isBase64 = file.contentEncoding === 'base64';
  if (isBase64 && !decodeBase64(file.content ?? '')) {
    expander.problem(item, `content of ${file.path} is not base64`);
  }
  return { ...(isBase64 ? expandBase64 : expandPlain)(file, expand), path };
}

function renderVolume(volume: ApplicationVolume, expand: Expand): ApplicationVolume {
  const reference = volume.image?.reference;
  if (reference === undefined) return volume;
  const image = { ...volume.image, reference: expand(`image of volume ${volume.name}`, reference) };
  return { ...volume, image };
}

function renderVariables(
  variables: Record<string, string>,
  expand: Expand,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([key, value]) => [key, expand(`variable ${key}`, value)]),
  );
}

function renderApplication(
  application: ApplicationSpec,
  item: string,
  expander: Expander,
): ApplicationSpec {
  const expand: Expand = (field, text) => expander.text(item, field, text);
  const { image, inline, envVars, volumes } = application;
  return {
    ...application,
    ...(image !== undefined && { image: expand('image', image) }),
    ...(inline && { inline: inline.map((file) => renderFile(item, file, expander)) }),
    ...(envVars && { envVars: renderVariables(envVars, expand) }),
    ...(volumes && { volumes: volumes.map((volume) => renderVolume(volume, expand)) }),
  };
}

export function renderApplications(
  applications: ApplicationSpec[],
  expander: Expander,
): ApplicationSpec[] {
  return applications.map((application, index) =>
    renderApplication(application, `application ${application.name ?? index}`, expander),
  );
}
