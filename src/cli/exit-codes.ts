/** What a shell gets to see. Scripts rely on these numbers: the one place where they are defined. */
export const exitCodes = {
  fine: 0,
  /** A spec has errors, or a generated file is not up to date. */
  specIsWrong: 1,
  /** Two specs are not the same, where that was the question. As `diff` has it. */
  different: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The world around is wrong (data, disk, backend), or speccc has a bug. */
  runtime: 3,
  /** Ctrl-C, after everything was saved; 128 + SIGINT, as shells have it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** For `--help`. */
export const exitCodeTexts: readonly (readonly [ExitCode, string])[] = [
  [exitCodes.fine, 'all is well'],
  [
    exitCodes.specIsWrong,
    'the spec is wrong, --check found a file that is not up to date, or --exit-code a difference',
  ],
  [exitCodes.usage, 'the command line is wrong'],
  [exitCodes.runtime, 'something failed at run time: data, disk, backend'],
  [exitCodes.interrupted, 'interrupted, and saved'],
];
