/** Who has to act, which decides the exit code of the command line. */
export type CodeKind = 'spec' | 'usage' | 'runtime';

/** One thing that speccc can complain about. */
export interface CodeEntry {
  readonly kind: CodeKind;
  /** One line, without a full stop. */
  readonly title: string;
  /** What it means and how to get out of it: one or two paragraphs of Markdown. */
  readonly explanation: string;
  /**
   * A small spec fragment or command that provokes it, and the same mended, where that teaches something.
   * A fragment of a spec is some of its sections, or a few of its layers (`- { type: … }`).
   */
  readonly wrong?: string;
  readonly right?: string;
}

/** Checks a part of the table and keeps its keys. */
export const codeTable = <const T extends Record<string, CodeEntry>>(table: T): T => table;
