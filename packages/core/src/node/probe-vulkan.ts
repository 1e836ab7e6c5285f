import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { ownRequire } from './own-require.ts'
import { READY } from './ready.ts'
import { describeVulkanDrivers } from './vulkan-drivers.ts'
import { writeWhole } from './write-whole.ts'

/** A driver that takes longer than this to give a device (milliseconds; usual is 20 to 400) is not one to use. */
const PATIENCE = 30_000

/**
 * Asks whether Dawn can use this system's Vulkan, by really opening a device in a short process of its own: the files
 * alone do not say (a loader without drivers, drivers without a card, Mesa 22.3, which Dawn refuses).
 *
 * The answer is kept in `folder` for as long as the drivers stay as they are, so a warm start costs no process.
 *
 * @returns the name of the adapter, or undefined where there is none that Dawn can use.
 */
export async function probeSystemVulkan(folder: string): Promise<string | undefined> {
  const file = join(folder, 'vulkan-probe.json')
  const drivers = await describeVulkanDrivers()
  const known = await readAnswer(file)
  if (known?.drivers === drivers) return known.adapter

  const { adapter, timedOut } = await probe()
  if (!timedOut) {
    // A cache that cannot be written costs time, nothing else.
    await writeWhole(file, JSON.stringify({ drivers, adapter }, undefined, 2)).catch(() => undefined)
  }
  return adapter
}

function probe(): Promise<{ adapter?: string; timedOut: boolean }> {
  const home = ownRequire.resolve('@noisescope/core/node')
  const child = join(dirname(home), `probe-process${extname(home)}`)
  const options = { timeout: PATIENCE, env: { ...process.env, [READY]: 'probe' } }
  return new Promise((resolve) => {
    execFile(process.execPath, [child], options, (error, output) => {
      resolve(error ? { timedOut: error.killed === true } : { adapter: output.trim(), timedOut: false })
    })
  })
}

async function readAnswer(file: string): Promise<{ drivers: string; adapter?: string } | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch {
    return undefined
  }
}
