/**
 * The user's npm configuration, read as npm reads it (project, user and global `.npmrc`, environment), so that
 * whatever lets npm through (a mirror, a proxy, a login, a company's certificates) lets speccc through too.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type Config from '@npmcli/config';

/** Where npm's configuration is looked for. */
export interface NpmPlace {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Options for pacote and npm-registry-fetch. */
export type NpmOptions = Readonly<Record<string, unknown>> & { readonly registry: string };

/** npm's own list of its configuration keys, for which there are no published types. */
type NpmDefinitions = Pick<Config.Options, 'definitions' | 'shorthands' | 'flatten'>;

export async function readNpmOptions(place: NpmPlace): Promise<NpmOptions> {
  const { default: Config } = await import('@npmcli/config');
  const npm = createRequire(import.meta.url)('@npmcli/config/lib/definitions/index.js') as NpmDefinitions;
  const settings = {
    ...npm,
    npmPath: npmFolder(place.env),
    cwd: place.cwd,
    // Loading the configuration writes npm_config_ variables into the environment that it is given.
    env: { ...place.env },
    // Our own command line is not npm's.
    argv: [process.execPath, 'npm'],
    warn: false,
  };
  const config = new Config(settings);
  await config.load();
  return config.flat as NpmOptions;
}

/** npm's own folder may hold an npmrc, too. Where it is not found, npm's configuration has one file less. */
function npmFolder(env: NodeJS.ProcessEnv): string {
  if (env.npm_execpath?.endsWith('npm-cli.js')) return dirname(dirname(env.npm_execpath));
  const node = dirname(process.execPath);
  return process.platform === 'win32'
    ? join(node, 'node_modules/npm')
    : join(dirname(node), 'lib/node_modules/npm');
}
