import type { Labels } from './metadata.js';

const maximumName = 253;
const maximumLabel = 63;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const labelWord = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

function isSubdomain(text: string): boolean {
  return text.length <= maximumName && subdomain.test(text);
}

function isLabelWord(text: string): boolean {
  return text.length <= maximumLabel && labelWord.test(text);
}

/** What is wrong with a resource's name (DNS-1123 subdomain, at most 253 characters). */
export function nameProblems(name: string): string[] {
  if (name.length > maximumName) return [`name is longer than ${maximumName} characters`];
  if (isSubdomain(name)) return [];
  return [
    `name "${name}" must consist of lower case letters, digits, "-" and ".", and each part ` +
      'between dots must start and end with a letter or digit',
  ];
}

/** What is wrong with a label's key: `[prefix/]name`, the prefix a DNS-1123 subdomain. */
export function labelKeyProblems(key: string): string[] {
  const parts = key.split('/');
  const word = parts.at(-1) ?? '';
  const prefixed = parts.length === 2;
  if (parts.length > 2) return [`label key "${key}" has more than one "/"`];
  if (prefixed && !isSubdomain(parts[0] ?? '')) {
    return [`label key "${key}": the prefix is not a DNS-1123 subdomain`];
  }
  if (isLabelWord(word)) return [];
  return [
    `label key "${key}" must have 1 to ${maximumLabel} letters, digits, "-", "_" and ".", and ` +
      'start and end with a letter or digit',
  ];
}

/** What is wrong with a label's value; the empty value is allowed. */
export function labelValueProblems(value: string): string[] {
  if (value === '' || isLabelWord(value)) return [];
  return [
    `label value "${value}" must have at most ${maximumLabel} letters, digits, "-", "_" and ".", ` +
      'and start and end with a letter or digit',
  ];
}

export function labelsProblems(labels: Labels): string[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...labelKeyProblems(key),
    ...labelValueProblems(value).map((problem) => `label "${key}": ${problem}`),
  ]);
}
