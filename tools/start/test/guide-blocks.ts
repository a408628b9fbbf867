/** A command of a guide, and what the guide says that it writes. */
export interface GuideBlock {
  /** The heading that it stands under, and which block it is there. */
  readonly name: string;
  readonly command: string;
  /** The block `json` or `text` that follows at once; undefined when the guide shows none. */
  readonly output?: { readonly language: string; readonly text: string };
}

interface Fence {
  readonly language: string;
  readonly text: string;
  readonly heading: string;
  /** Whether nothing but an empty line is between it and the fence before. */
  readonly followsAtOnce: boolean;
}

const FENCE = /^```(\w*)\n([\s\S]*?)^```$|^#+ (.*)$|^(?=\S)/gm;

function fencesIn(markdown: string): Fence[] {
  const fences: Fence[] = [];
  let [heading, followsAtOnce] = ['', false];
  for (const [all, language, text, title] of markdown.matchAll(FENCE)) {
    if (title !== undefined) heading = title;
    if (text !== undefined) fences.push({ language: language!, text, heading, followsAtOnce });
    // What is neither is a line of text.
    if (text !== undefined || all === '' || title !== undefined) followsAtOnce = text !== undefined;
  }
  return fences;
}

/** The `sh` blocks of a guide in their order. */
export function guideBlocks(markdown: string): GuideBlock[] {
  const counts = new Map<string, number>();
  return fencesIn(markdown).flatMap(({ language, text, heading }, index, all) => {
    if (language !== 'sh') return [];
    const count = (counts.get(heading) ?? 0) + 1;
    counts.set(heading, count);
    const next = all[index + 1];
    const shown = next?.followsAtOnce && ['json', 'text'].includes(next.language);
    return [
      {
        name: `${heading}, block ${count}`,
        command: text,
        ...(shown && { output: { language: next.language, text: next.text } }),
      },
    ];
  });
}
