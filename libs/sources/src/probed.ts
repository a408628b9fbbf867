/** What a probe saw. */
export interface Probed {
  /**
   * Another one when a fetch would find other contents: what the git revision names, or for HTTP `sha256:<hex>` of the
   * body. Empty when the repository itself was asked for, and is a git repository without a commit at its HEAD.
   */
  readonly revision: string;
  /** Makes the next probe of the same request cheaper; opaque. */
  readonly validators?: string;
}
