import { expect, it } from '@jest/globals';
import { guideBlocks } from '../test/guide-blocks.js';

const guide = `# Guide

\`\`\`sh
one
\`\`\`

\`\`\`json
{ "a": 1 }
\`\`\`

## Part

Words.

\`\`\`sh
two
# not a heading
\`\`\`

Words between.

\`\`\`text
no output
\`\`\`

\`\`\`json
{}
\`\`\`

\`\`\`sh
three
\`\`\`
\`\`\`text
three
\`\`\`

\`\`\`sh
four
\`\`\`
`;

it('finds the commands of a guide, each with the output that follows at once', () => {
  expect(guideBlocks(guide)).toEqual([
    {
      name: 'Guide, block 1',
      command: 'one\n',
      output: { language: 'json', text: '{ "a": 1 }\n' },
    },
    { name: 'Part, block 1', command: 'two\n# not a heading\n' },
    { name: 'Part, block 2', command: 'three\n', output: { language: 'text', text: 'three\n' } },
    { name: 'Part, block 3', command: 'four\n' },
  ]);
});
