import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import { extract } from 'tar-stream'
import { AdapterError } from '../errors.ts'
import { makeFolder } from './make-folder.ts'
import { ownRequire } from './own-require.ts'
import { sweepLeftovers, temporaryName } from './temporary-names.ts'

const decompress = promisify(brotliDecompress)

/** The npm package (60 MB, for Chromium; Linux on x64) whose `swiftshader.tar.br` holds a Vulkan loader and driver. */
const CARRIER = '@sparticuz/chromium'

/** What Vulkan needs of that archive; the rest is OpenGL. */
const FILES = ['libvulkan.so.1', 'libvk_swiftshader.so', 'vk_swiftshader_icd.json']

/** SHA-256 of each of them as it was unpacked, by name. */
const CHECKSUMS = 'checksums.json'

/**
 * Unpacks SwiftShader into a folder `swiftshader-VERSION`, unless it is there as it was unpacked, and returns that folder.
 *
 * Processes may do this at the same time, and while others run on what is there: each unpacks beside it and renames file by
 * file, so that none is ever missing or half.
 *
 * @param parent absolute folder to unpack in, such as `cacheFolder()`.
 * @throws AdapterError where the package that carries it is not installed, or not for this machine.
 */
export async function unpackSwiftShader(parent: string): Promise<string> {
  const carrier = carrierManifest()
  const { version } = JSON.parse(await readFile(carrier, 'utf8')) as { version: string }
  const folder = join(parent, `swiftshader-${version}`)
  if (await isWhole(folder)) return folder

  await makePlainFolder(folder)
  await sweepLeftovers(parent)
  const unpacked = temporaryName(parent)
  await mkdir(unpacked)
  try {
    const archive = extract()
    archive.end(await decompress(await readFile(join(dirname(carrier), 'bin', 'swiftshader.tar.br'))))
    for await (const entry of archive) {
      const name = basename(entry.header.name)
      if (FILES.includes(name)) await pipeline(entry, createWriteStream(join(unpacked, name)))
      else entry.resume()
    }
    await writeFile(join(unpacked, CHECKSUMS), JSON.stringify(await checksumsIn(unpacked)))
    for (const name of [...FILES, CHECKSUMS]) await replace(join(unpacked, name), join(folder, name))
  } finally {
    await rm(unpacked, { recursive: true, force: true })
  }
  return folder
}

/** Whether every file is as it was unpacked; a damaged library would end the process, or compute wrong numbers. */
async function isWhole(folder: string): Promise<boolean> {
  try {
    const expected: unknown = JSON.parse(await readFile(join(folder, CHECKSUMS), 'utf8'))
    return JSON.stringify(expected) === JSON.stringify(await checksumsIn(folder))
  } catch {
    return false
  }
}

async function checksumsIn(folder: string): Promise<Record<string, string>> {
  const hash = async (name: string): Promise<string> =>
    createHash('sha256')
      .update(await readFile(join(folder, name)))
      .digest('hex')
  return Object.fromEntries(await Promise.all(FILES.map(async (name) => [name, await hash(name)] as const)))
}

async function makePlainFolder(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (found !== undefined && !found.isDirectory()) await rm(path, { force: true })
  await makeFolder(path)
}

/** As rename, also where a folder has taken the file's name. */
async function replace(from: string, to: string): Promise<void> {
  await rename(from, to).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EISDIR') throw error
    await rm(to, { recursive: true, force: true })
    await rename(from, to)
  })
}

/** The variables with which a new process finds the unpacked loader and driver, and no other driver. */
export function swiftShaderVariables(
  folder: string,
  libraryPath = process.env.LD_LIBRARY_PATH,
): Record<string, string> {
  const driver = join(folder, 'vk_swiftshader_icd.json')
  return {
    LD_LIBRARY_PATH: libraryPath ? `${folder}:${libraryPath}` : folder,
    VK_ICD_FILENAMES: driver,
    // The newer name of the same variable, which would win if the user has set it.
    VK_DRIVER_FILES: driver,
  }
}

function carrierManifest(): string {
  const advice =
    'install a Vulkan driver (on Debian or Ubuntu: apt-get install mesa-vulkan-drivers, version 23 or later)'
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new AdapterError(
      `no usable Vulkan driver, and SwiftShader is only carried for linux-x64, not ${process.platform}-${process.arch}; ${advice}`,
    )
  }
  try {
    const manifest = findPackageJSON(CARRIER, ownRequire.resolve('@noisescope/core/node'))
    if (manifest) return manifest
  } catch (cause) {
    throw new AdapterError(
      `no usable Vulkan driver, and the optional package ${CARRIER}, which carries SwiftShader, is not installed; ` +
        `${advice}, or add the package: npm install ${CARRIER}`,
      { cause },
    )
  }
  throw new AdapterError(`${CARRIER} is installed without its package.json; install it again`)
}
