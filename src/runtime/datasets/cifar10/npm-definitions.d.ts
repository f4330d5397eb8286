/** npm's own list of its configuration keys, which the published types of the package leave out. */
declare module '@npmcli/config/lib/definitions/index.js' {
  import type Config from '@npmcli/config';

  const npm: Pick<Config.Options, 'definitions' | 'shorthands'> &
    Required<Pick<Config.Options, 'flatten'>> & { readonly nerfDarts: readonly string[] };
  export = npm;
}
