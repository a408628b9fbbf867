/** A worker has the same few files as every other. */
import type { Project } from './workspace.js';

/** The apps that are workers; the gateway and the replayer are not. */
export const workers: readonly string[] = [
  'selector',
  'validation',
  'rollout',
  'render',
  'repo',
].map((room) => `apps/${room}-service`);

function expectedFiles(room: string): string[] {
  const parts = ['config', 'consumer', 'task', 'view', 'sweep'];
  return ['src/main.ts', 'src/app.module.ts', ...parts.map((part) => `src/${room}.${part}.ts`)];
}

/** Says which of a worker's files are missing; other projects have none to miss. */
export function missingWorkerFiles({ folder, files }: Project): string[] {
  if (!workers.includes(folder)) return [];
  const room = folder.replace('apps/', '').replace('-service', '');
  const missing = expectedFiles(room).filter((path) => !files.has(path));
  if (![...files.keys()].some((path) => path.startsWith('src/migrations/'))) {
    missing.push('src/migrations/');
  }
  return missing.map((path) => `${folder}/${path}: is missing`);
}

const openingComment = /^\s*(?:\/\*[\s\S]*?\*\/|(?:\/\/[^\n]*\n\s*)+)/;

/** A task's file opens with why running it twice is safe. */
export function unexplainedTasks({ folder, files }: Project): string[] {
  return [...files]
    .filter(([path]) => folder.startsWith('apps/') && path.endsWith('.task.ts'))
    .filter(([, text]) => !/\btwice\b/i.test(openingComment.exec(text)?.[0] ?? ''))
    .map(([path]) => `${folder}/${path}: must open with why running it twice is safe`);
}
