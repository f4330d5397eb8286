/** The tree of commands. Each command's file declares its options and loads what it needs when it is run. */
import { version } from '../version.js';
import { CommandLine, helpStyle } from './command-line.js';
import { addCompile } from './commands/compile.js';
import { addCompletion } from './commands/completion.js';
import { addData } from './commands/data.js';
import { addDiff } from './commands/diff.js';
import { addDoctor } from './commands/doctor.js';
import { addEvaluate } from './commands/evaluate.js';
import { addExpand } from './commands/expand.js';
import { addExplain } from './commands/explain.js';
import { addExport } from './commands/export.js';
import { addGraph } from './commands/graph.js';
import { addHelp } from './commands/help.js';
import { addImport } from './commands/import.js';
import { addInit } from './commands/init.js';
import { addPredict } from './commands/predict.js';
import { addSchema } from './commands/schema.js';
import { addSummary } from './commands/summary.js';
import { addTrain } from './commands/train.js';
import { addValidate } from './commands/validate.js';
import type { CommandContext } from './context.js';
import { exitCodeTexts } from './exit-codes.js';
import { formatTable } from './format.js';

export function buildProgram(context: CommandContext): CommandLine {
  const { out, err } = context.terminal;
  const program = new CommandLine('speccc');
  program.helpOutput = out;
  program
    .description(
      'A compiler for neural networks: a YAML spec becomes a TensorFlow.js model, readable TypeScript, and a reproducible training run.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--verbose', 'show the stack of an error (as SPECCC_DEBUG=1 does)')
    .exitOverride()
    .configureOutput({
      writeOut: out.write,
      writeErr: err.write,
      getOutHelpWidth: out.columns,
      getErrHelpWidth: err.columns,
      getOutHasColors: () => out.colors.isColorSupported,
      getErrHasColors: () => err.colors.isColorSupported,
    })
    .configureHelp(helpStyle(out))
    .examples([
      { command: 'speccc train', what: 'train LeNet-5 on CIFAR-10' },
      { command: 'speccc init lenet5', what: 'start from a spec that comes with speccc' },
      { command: 'speccc validate lenet5.yaml', what: 'check a spec' },
      { command: 'speccc compile lenet5.yaml', what: 'write lenet5.ts' },
      { command: 'speccc predict runs/lenet5 cat.jpg', what: 'what does the trained model see?' },
    ])
    .addHelpText('after', () => `\n${exitCodeHelp(out.colors.bold('Exit codes:'))}`);

  program.commandsGroup('Specs:');
  addInit(program, context);
  addImport(program, context);
  addValidate(program, context);
  addSummary(program, context);
  addGraph(program, context);
  addDiff(program, context);
  addExpand(program, context);
  addCompile(program, context);
  program.commandsGroup('Runs:');
  addTrain(program, context);
  addEvaluate(program, context);
  addPredict(program, context);
  addExport(program, context);
  program.commandsGroup('Surroundings:');
  addData(program, context);
  addDoctor(program, context);
  addExplain(program, context);
  addSchema(program, context);
  addCompletion(program, context);
  addHelp(program, context);
  return program;
}

function exitCodeHelp(title: string): string {
  const rows = exitCodeTexts.map(([code, text]) => [String(code), text]);
  return `${title}\n${formatTable(rows, { right: [0], indent: '  ' }).join('\n')}`;
}
