import { readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Variables that change which loader and drivers a process finds. */
const VARIABLES = ['LD_LIBRARY_PATH', 'VK_DRIVER_FILES', 'VK_ICD_FILENAMES', 'VK_ADD_DRIVER_FILES', 'XDG_DATA_DIRS']

/** Where distributions keep shared libraries; `{arch}` folders are Debian's. */
const LIBRARY_FOLDERS = [
  '/lib/x86_64-linux-gnu',
  '/lib/aarch64-linux-gnu',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
  '/usr/lib64',
  '/usr/lib',
  '/usr/local/lib',
]

/** Where graphics cards show up; a container gains or loses them without a change of its files. */
const DEVICE_FOLDERS = ['/dev/dri', '/dev/nvidia-caps']

/**
 * Everything that decides which Vulkan drivers a new process on Linux can use, as text: the loader, the manifests of
 * the drivers (ICD files) with their times, the cards, and the variables. Equal text means an equal answer.
 */
export async function describeVulkanDrivers(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const loaders = await Promise.all(
    [...(environment.LD_LIBRARY_PATH?.split(':') ?? []), ...LIBRARY_FOLDERS].map((folder) =>
      describeFile(join(folder, 'libvulkan.so.1')),
    ),
  )
  const manifests = await Promise.all(manifestFolders(environment).map(describeFolder))
  const cards = await Promise.all(DEVICE_FOLDERS.map((folder) => readdir(folder).catch(() => [])))
  const variables = VARIABLES.map((name) => `${name}=${environment[name] ?? ''}`)
  return [process.arch, ...loaders, ...manifests.flat(), ...cards.flat(), ...variables].filter(Boolean).join('\n')
}

/** The folders that the Vulkan loader reads, by its documentation ("Driver Discovery on Linux"). */
function manifestFolders(environment: NodeJS.ProcessEnv): string[] {
  const home = homedir()
  const roots = [
    environment.XDG_CONFIG_HOME ?? join(home, '.config'),
    '/etc/xdg',
    '/etc',
    environment.XDG_DATA_HOME ?? join(home, '.local/share'),
    ...(environment.XDG_DATA_DIRS ?? '/usr/local/share:/usr/share').split(':'),
  ]
  return roots.map((root) => join(root, 'vulkan/icd.d'))
}

async function describeFolder(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return Promise.all(names.sort().map((name) => describeFile(join(folder, name))))
}

/** Path, size and times of a file, or nothing where there is none. */
async function describeFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  return found ? `${path} ${found.size} ${found.mtimeMs} ${found.ctimeMs}` : ''
}
