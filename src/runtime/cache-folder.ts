import envPaths from 'env-paths';

/**
 * Where speccc keeps what it can fetch again: `$XDG_CACHE_HOME/speccc` or `~/.cache/speccc` on Linux,
 * `~/Library/Caches/speccc` on macOS, `%LOCALAPPDATA%\speccc\Cache` on Windows.
 */
export function cacheFolder(): string {
  return envPaths('speccc', { suffix: '' }).cache;
}
