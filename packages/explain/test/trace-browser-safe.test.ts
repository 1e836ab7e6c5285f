import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

/** What the files that a file reaches through relative imports take from elsewhere, as 'name from module'; types do not count. */
async function takenFrom(path: string, seen = new Set<string>()): Promise<string[]> {
  if (seen.has(path)) return []
  seen.add(path)
  const source = await readFile(path, 'utf8')
  const taken = Array.from(
    source.matchAll(/^(?:import|export)(?! type) (?:\{([^}]*)\}|\*) from '([^']+)'/gm),
    ([, names = '*', module = '']) => ({ names: names.split(',').map((name) => name.trim()), module }),
  )
  const within = await Promise.all(
    taken
      .filter(({ module }) => module.startsWith('.'))
      .map(({ module }) => takenFrom(resolve(dirname(path), module), seen)),
  )
  const elsewhere = taken.filter(({ module }) => !module.startsWith('.'))
  return [
    ...elsewhere.flatMap(({ names, module }) =>
      names.filter((name) => name !== '' && !name.startsWith('type ')).map((name) => `${name} from ${module}`),
    ),
    ...within.flat(),
  ]
}

it('traces need safetensors, shapes, the error class and what makes foreign texts safe: no engine, nothing of Node, no schema library', async () => {
  const taken = await takenFrom(fileURLToPath(new URL('../src/trace/index.ts', import.meta.url)))
  expect([...new Set(taken)].toSorted()).toEqual([
    'InputError from @noisescope/core',
    'decodeFloat32 from @noisescope/nn',
    'openSafetensors from @noisescope/nn',
    'parsedJson from @noisescope/core',
    'printable from @noisescope/core',
    'quoted from @noisescope/core',
    'sameShape from @noisescope/core',
    'showShape from @noisescope/core',
    'shown from @noisescope/core',
    'writeSafetensors from @noisescope/nn',
  ])
})

it('explaining, and making a trace of it, needs our own packages and nothing of Node', async () => {
  const taken = await takenFrom(fileURLToPath(new URL('../src/index.ts', import.meta.url)))
  const modules = new Set(taken.map((each) => each.slice(each.indexOf(' from ') + ' from '.length)))
  expect([...modules].toSorted()).toEqual(['@noisescope/core', '@noisescope/metrics', '@noisescope/nn'])
})
