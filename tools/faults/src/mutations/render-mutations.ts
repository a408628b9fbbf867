import type { Mutation } from './mutation.js';

const render = (...patterns: string[]) => ({ project: 'apps/render-service', patterns });

/** Rendering: what is frozen at its first use, who waits for it, and the queue. */
export const renderMutations: readonly Mutation[] = [
  {
    name: 'first-writer',
    safeguard: 'what a reference was at its first use stays, whoever fetched it too',
    file: 'apps/render-service/src/asked-references.ts',
    edits: [
      {
        find: 'size = $5, problem = null\nwhere org = $1 and uid = $2 and digest is null',
        replace: 'size = $5, problem = null\nwhere org = $1 and uid = $2',
      },
    ],
    tests: render('src/first-writer'),
  },
  {
    name: 'asking-locks',
    safeguard:
      'who asks for a reference while nobody else waits for it any more is not left waiting',
    file: 'apps/render-service/src/asked-references.ts',
    edits: [
      {
        find: 'where f.org = $1 and f.uid = $2 for no key update of f',
        replace: 'where f.org = $1 and f.uid = $2',
      },
    ],
    tests: render('src/first-writer'),
  },
  {
    name: 'asking-looks-again',
    safeguard: 'a device does not wait for what was frozen before it asked',
    file: 'apps/render-service/src/reference-asker.ts',
    edits: [
      {
        find: 'references.find((reference) => isOpen(reference, device.dueNumber))',
        replace: 'references.at(0)',
      },
    ],
    tests: render('src/first-writer'),
  },
  {
    name: 'secret-documents-sealed',
    safeguard: 'a document that holds a secret is sealed',
    file: 'apps/render-service/src/rendering.ts',
    edits: [{ find: 'isSecret(ready) ? digestKey : undefined', replace: 'undefined' }],
    tests: render('src/secrets'),
  },
  {
    name: 'one-commit',
    safeguard: 'all paths of a branch come from one commit within a template version',
    file: 'apps/render-service/src/cached-source.ts',
    edits: [
      {
        find: 'if (agreed === fetched?.revision) return fetched;',
        replace: 'if (fetched) return fetched;',
      },
      { find: 'targetRevision: agreed }', replace: 'targetRevision }' },
    ],
    tests: render('src/cached'),
  },
  {
    name: 'queue-begins-anew',
    safeguard: 'what a peer gave back is found again, although newer devices come without end',
    file: 'apps/render-service/src/pending-renderer.ts',
    edits: [
      {
        find: 'if (this.turns === TURNS_IN_A_ROW) this.begin(this.taken.org);',
        replace: '',
      },
    ],
    tests: render('src/queue'),
  },
];
