/** Which params and indices can be used in `${…}` at a place of a spec, and whether they are. */

export class NameScope {
  private readonly used: Set<string>;

  private constructor(
    /** In their order. */
    readonly names: readonly string[],
    used: Set<string>,
  ) {
    this.used = used;
  }

  static of(names: readonly string[]): NameScope {
    return new NameScope(names, new Set());
  }

  /** Inside a repeat. */
  with(index: string): NameScope {
    return new NameScope([...this.names, index], this.used);
  }

  /** Of params, those that stand before this one. */
  before(name: string): NameScope {
    return new NameScope(this.names.slice(0, this.names.indexOf(name)), this.used);
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  use(name: string): void {
    this.used.add(name);
  }

  /** Where something cannot be read, anything might be used there. */
  useAll(): void {
    for (const name of this.names) this.used.add(name);
  }

  unused(): readonly string[] {
    return this.names.filter((name) => !this.used.has(name));
  }
}
