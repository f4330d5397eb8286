/** Where the passes over steps put what they find: every fault with the file that it is in, up to a limit. */
import type { Diagnostic } from '../../diagnostics/index.js';
import type { Fault } from '../fault.js';
import { limits } from '../limits.js';
import { locateFault } from '../locate-faults.js';
import type { SpecSource } from '../source.js';

export class FaultReport {
  readonly diagnostics: Diagnostic[] = [];
  private readonly seen = new Set<string>();

  /** True where more faults would say nothing new. */
  get full(): boolean {
    return this.diagnostics.length >= limits.faults;
  }

  /** `notes` say how the place was come to. One fault in one place is told once, whatever way led there. */
  add(source: SpecSource, faults: readonly Fault[], notes: () => readonly string[] = () => []): void {
    for (const fault of faults) {
      if (this.full) return;
      const found = locateFault(source, fault);
      if (found === undefined) continue;
      const { start, end } = found.range;
      const key = JSON.stringify([found.file, start.offset, end.offset, found.code, found.message]);
      if (this.seen.has(key)) continue;
      this.seen.add(key);
      const all = [...(found.notes ?? []), ...notes()];
      this.diagnostics.push(all.length === 0 ? found : { ...found, notes: all });
    }
  }
}
