/** One generator a shell, all from the same tree. */

import { bashScript } from './bash.js';
import type { CommandNode } from './command-tree.js';
import { fishScript } from './fish.js';
import { zshScript } from './zsh.js';

const generators = { bash: bashScript, zsh: zshScript, fish: fishScript };

export type Shell = keyof typeof generators;
export const shellNames = Object.keys(generators) as readonly Shell[];

export function completionScript(shell: Shell, tree: CommandNode): string {
  return generators[shell](tree);
}
