/** `speccc doctor`: what works on this machine, and why the rest does not. */
import { arch, availableParallelism, totalmem } from 'node:os';
import type { BackendProbe } from '../../runtime/backend.js';
import type { CompiledEngineProbe } from '../../runtime/compiled-engine/probe.js';
import type { AutomaticEngine } from '../../runtime/open-engine.js';
import { version } from '../../version.js';
import type { CommandLine } from '../command-line.js';
import type { CommandContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { formatBytes, formatTable } from '../format.js';
import { packageFolder } from '../package-folder.js';
import type { Output } from '../terminal.js';

interface Options {
  readonly json?: true;
}

/** Something that speccc needs: does it work, and what is there to say about it? */
interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

interface Diagnosis {
  readonly ok: boolean;
  readonly speccc: { readonly version: string; readonly folder: string };
  readonly node: string;
  readonly platform: string;
  readonly processors: number;
  readonly memoryBytes: number;
  readonly tfjs: string;
  readonly engines: {
    /** What `--engine auto` takes for a spec of which the compiled engine covers every layer. */
    readonly automatic: AutomaticEngine;
    readonly compiled: CompiledEngineProbe;
  };
  readonly backends: readonly BackendProbe[];
  /** What `--backend auto` takes. */
  readonly automatic: string | undefined;
  readonly data: readonly { readonly dataset: string; readonly path: string; readonly state: DataState }[];
  readonly parts: readonly Check[];
}

type DataState = 'in the cache' | 'incomplete' | 'not fetched';

export function addDoctor(program: CommandLine, context: CommandContext): void {
  program
    .command('doctor')
    .summary('see what works on this machine')
    .description(
      'Tries everything that speccc builds on: the compiled engine, every backend of tfjs, the data cache, the font of the plots, image and drawing libraries. Says of each whether it works and why not.',
    )
    .option('--json', 'print one JSON document')
    .examples([{ command: 'speccc doctor', what: 'which engines and backends work here?' }])
    .action(
      context.action(async ({ json }: Options): Promise<ExitCode> => {
        const { out } = context.terminal;
        const diagnosis = await diagnose();
        if (json) out.line(JSON.stringify(diagnosis, null, 2));
        else for (const line of diagnosisLines(diagnosis, context.program, out)) out.line(line);
        return diagnosis.ok ? exitCodes.fine : exitCodes.runtime;
      }),
    );
}

async function diagnose(): Promise<Diagnosis> {
  const [{ loadTf, probeBackends }, { inspectCifar10 }, { automaticEngine }, { probeCompiledEngine }] =
    await Promise.all([
      import('../../runtime/backend.js'),
      import('../../runtime/datasets/index.js'),
      import('../../runtime/open-engine.js'),
      import('../../runtime/compiled-engine/probe.js'),
    ]);
  const backends = await probeBackends();
  const automatic = backends.find(({ usable }) => usable)?.name;
  const cifar10 = await inspectCifar10();
  const state = cifar10.complete ? 'in the cache' : cifar10.present ? 'incomplete' : 'not fetched';
  const parts = await checkParts();
  return {
    ok: automatic !== undefined && parts.every(({ ok }) => ok),
    speccc: { version, folder: packageFolder },
    node: process.versions.node,
    platform: `${process.platform} ${arch()}`,
    processors: availableParallelism(),
    memoryBytes: totalmem(),
    tfjs: (await loadTf()).version.tfjs,
    engines: { automatic: await automaticEngine(), compiled: await probeCompiledEngine() },
    backends,
    automatic,
    data: [{ dataset: cifar10.dataset, path: cifar10.path, state }],
    parts,
  };
}

async function checkParts(): Promise<readonly Check[]> {
  return Promise.all([
    check('font of the plots', async () => {
      const { loadPlotFonts, plotFontName } = await import('../../runtime/font-metrics.js');
      await loadPlotFonts();
      return plotFontName;
    }),
    check('plots', async () => {
      const { drawCurves } = await import('../../runtime/plots.js');
      const { png } = await drawCurves([{ epoch: 1, loss: 1 }], { title: 'doctor' });
      return `vega and resvg draw, ${formatBytes(png.length)}`;
    }),
    check('images', async () => {
      const { readImage } = await import('../../runtime/read-image.js');
      const { mkdtemp, rm, writeFile } = await import('node:fs/promises');
      const { join } = await import('node:path');
      const { tmpdir } = await import('node:os');
      const folder = await mkdtemp(join(tmpdir(), 'speccc-doctor-'));
      try {
        const file = join(folder, 'pixel.png');
        await writeFile(file, Buffer.from(onePixel, 'base64'));
        await readImage(file, [8, 8, 3]);
        return 'sharp reads';
      } finally {
        await rm(folder, { recursive: true });
      }
    }),
    check('TypeScript printer', async () => {
      const [{ compileSpec }, { emitTypeScript }] = await Promise.all([
        import('../../compiler/index.js'),
        import('../../compiler/typescript.js'),
      ]);
      const spec = 'name: doctor\ninput: [2]\nlayers:\n  - { type: dense, units: 1 }\n';
      await emitTypeScript(compileSpec(spec, 'doctor.yaml'));
      return 'ts-morph prints';
    }),
  ]);
}

const onePixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

async function check(name: string, attempt: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, detail: await attempt() };
  } catch (error) {
    return {
      name,
      ok: false,
      detail: (error instanceof Error ? error.message : String(error)).split('\n')[0]!,
    };
  }
}

function engineLines(
  { engines: { automatic, compiled }, backends, automatic: backend }: Diagnosis,
  { bold, dim, green }: Output['colors'],
): readonly string[] {
  const taken = (engine: AutomaticEngine['engine']) =>
    automatic.engine === engine ? bold('  taken by --engine auto') : '';
  const parts = [
    compiled.sharedMemory ? 'shared memory' : 'no shared memory, and so one thread',
    compiled.relaxedSimd ? 'relaxed SIMD for --relaxed' : 'no relaxed SIMD for --relaxed',
  ];
  const tfjs = backends.find(({ name }) => name === backend);
  return formatTable(
    [
      compiled.usable
        ? [green('ok'), 'compiled', `${compiled.description}${taken('compiled')}`]
        : [dim('–'), 'compiled', dim(compiled.reason ?? '')],
      ['', '', dim(parts.join(', '))],
      tfjs === undefined
        ? [dim('–'), 'tfjs', dim('none of its backends works')]
        : [green('ok'), 'tfjs', `${tfjs.description}${taken('tfjs')}`],
    ],
    { indent: '  ' },
  );
}

function diagnosisLines(d: Diagnosis, program: string, { colors }: Output): readonly string[] {
  const { bold, dim, green, red, yellow } = colors;
  const mark = (ok: boolean) => (ok ? green('ok') : red('no'));
  return [
    ...formatTable([
      [bold('speccc'), `${d.speccc.version} in ${d.speccc.folder}`],
      [
        bold('node'),
        `${d.node} on ${d.platform}, ${d.processors} processors, ${formatBytes(d.memoryBytes)} of memory`,
      ],
      [bold('tfjs'), d.tfjs],
    ]),
    '',
    bold('engines'),
    ...engineLines(d, colors),
    '',
    bold('backends of tfjs'),
    ...formatTable(
      d.backends.map(({ name, usable, description, reason }) => [
        usable ? green('ok') : dim('–'),
        name,
        usable
          ? `${description}${name === d.automatic ? bold('  taken by --backend auto') : ''}`
          : dim(reason ?? ''),
      ]),
      { indent: '  ' },
    ),
    '',
    bold('data'),
    ...d.data.map(({ dataset, path, state }) =>
      state === 'in the cache'
        ? `  ${green('ok')}  ${dataset}  ${path}`
        : `  ${yellow('–')}   ${dataset}  ${state}: \`${program} data fetch ${dataset}\` puts it into the cache`,
    ),
    '',
    bold('parts'),
    ...formatTable(
      d.parts.map(({ name, ok, detail }) => [mark(ok), name, ok ? dim(detail) : detail]),
      {
        indent: '  ',
      },
    ),
  ];
}
