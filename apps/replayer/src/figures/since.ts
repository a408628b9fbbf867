/** For how long something has been the same thing. */
export class Since {
  private seen: { readonly thing: number; readonly at: number } | undefined;

  /** Seconds since the thing was there first; undefined without one. `now`: milliseconds. */
  seconds(thing: number | undefined, now: number): number | undefined {
    if (thing === undefined) this.seen = undefined;
    else if (this.seen?.thing !== thing) this.seen = { thing, at: now };
    return this.seen && (now - this.seen.at) / 1_000;
  }
}
