/** A rule that refuses whatever its selectors match; each law gets a name of its own in the report. */
export function forbid(message, ...selectors) {
  return {
    meta: { type: 'problem', schema: [], messages: { refused: message } },
    create(context) {
      const report = (node) => context.report({ node, messageId: 'refused' });
      return Object.fromEntries(selectors.map((selector) => [selector, report]));
    },
  };
}
