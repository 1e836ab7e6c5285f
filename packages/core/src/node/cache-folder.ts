import environmentPaths from 'env-paths'

/**
 * The folder for what this machine may keep between runs (autotuner tables, the unpacked SwiftShader); it may not
 * exist yet. `$XDG_CACHE_HOME/noisescope` or `~/.cache/noisescope`, with the conventions of macOS and Windows there.
 */
export function cacheFolder(): string {
  return environmentPaths('noisescope', { suffix: '' }).cache
}
