import type { ItemProblem, Reference } from '@skein/domain-template';
import {
  checkTemplate,
  hasParameters,
  isOfRepository,
  references,
  TemplateError,
} from '@skein/domain-template';
import type { DeviceSpec } from '@skein/domain-resource';
import { configItemKind } from '@skein/domain-resource';
import type { TemplateText } from './template-texts.js';
import { templateTexts } from './template-texts.js';

function providerProblems({ config = [] }: DeviceSpec): ItemProblem[] {
  const unclear = config
    .filter((provider) => !configItemKind(provider))
    .map(({ name }) => ({
      item: name,
      message: 'exactly one of gitRef, httpRef, inline and secretRef is needed',
    }));
  const names = config.map(({ name }) => name);
  const repeated = names.filter((name, index) => names.indexOf(name) < index);
  return [
    ...unclear,
    ...[...new Set(repeated)].map((item) => ({ item, message: 'two config items have this name' })),
  ];
}

function referenceProblems(reference: Reference): ItemProblem[] {
  if (!isOfRepository(reference) || !hasParameters(reference.repository)) return [];
  // Who refers to a repository must be known without a device.
  const message = 'the name of a repository cannot have device parameters ({{ … }}) in it';
  return [{ item: reference.item, message }];
}

function syntaxProblems({ item, field, text }: TemplateText): ItemProblem[] {
  try {
    checkTemplate(text);
    return [];
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return [{ item, message: `${field}: ${error.message}` }];
  }
}

/** What is wrong with a template as it is written, before anything is fetched for it. */
export function templateProblems(spec: DeviceSpec): ItemProblem[] {
  return [
    ...providerProblems(spec),
    ...references(spec).flatMap(referenceProblems),
    ...templateTexts(spec).flatMap(syntaxProblems),
  ];
}
