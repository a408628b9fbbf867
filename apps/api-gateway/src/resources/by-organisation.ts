/** One of something for each organisation, made when it is first asked for. */
export class ByOrganisation<One> {
  private readonly all = new Map<string, One>();

  constructor(private readonly make: (org: string) => One) {}

  of(org: string): One {
    const known = this.all.get(org);
    if (known) return known;
    const made = this.make(org);
    this.all.set(org, made);
    return made;
  }
}
