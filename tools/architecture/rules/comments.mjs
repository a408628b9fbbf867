/** No comment switches a law off: a law that is wrong is changed in the open. */
const directive =
  /^\s*(?:eslint(?:-(?:disable|enable)\S*|-env)?\s|eslint-(?:disable|enable)|globals?\s|@ts-(?:ignore|nocheck))/;

export const comments = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { refused: 'No comment may switch a check off.' },
  },
  create(context) {
    return {
      Program() {
        const found = context.sourceCode
          .getAllComments()
          .filter(({ value }) => directive.test(value));
        for (const { loc } of found) context.report({ loc, messageId: 'refused' });
      },
    };
  },
};
