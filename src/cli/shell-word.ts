/** Commands that are printed to be copied: what a shell would tear apart is quoted. */

/** One word for a POSIX shell. */
export function shellWord(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** `npx speccc train 'my spec.yaml' --epochs 5` */
export function shellCommand(program: string, words: readonly string[]): string {
  return [program, ...words.map(shellWord)].join(' ');
}
