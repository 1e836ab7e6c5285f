/**
 * Packs every package that is published and checks the tarballs as npm would hand them out: publint (fields and
 * files), are-the-types-wrong (declarations), licences, paths of this machine, an import of each front door from the built
 * JavaScript, and the command.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

type Manifest = {
  name: string
  private?: boolean
  license: string
  files: readonly string[]
  exports: Record<string, unknown>
  bin?: Record<string, string>
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

type Published = { manifest: Manifest; folder: string; unpacked: string }

const root = resolve(import.meta.dirname, '..')
const workspace = mkdtempSync(join(tmpdir(), 'noisescope-packages-'))
process.on('exit', () => rmSync(workspace, { recursive: true, force: true }))

let failures = 0
const packages = globSync('{packages,apps}/*/package.json', { cwd: root })
  .map(pack)
  .filter((each) => each !== undefined)
for (const each of packages) linkDependencies(each)
for (const each of packages) check(each)
for (const each of packages) checkContents(each)
for (const each of packages) if (each.manifest.bin !== undefined) checkCommand(each)
console.log(failures === 0 ? `${packages.length} packages can be published` : `${failures} checks failed`)
process.exitCode = failures === 0 ? 0 : 1

/** Packs a package and unpacks it where the others find it, as an installation would. */
function pack(path: string): Published | undefined {
  const folder = join(root, dirname(path))
  const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest
  if (manifest.private) return undefined
  const tarball = join(workspace, `${manifest.name.replace('/', '-')}.tgz`)
  execFileSync('pnpm', ['pack', '--out', tarball], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  const unpacked = join(workspace, 'node_modules', manifest.name)
  mkdirSync(unpacked, { recursive: true })
  execFileSync('tar', ['-xzf', tarball, '-C', unpacked, '--strip-components=1'])
  return { manifest, folder, unpacked }
}

/** Gives an unpacked package the dependencies from elsewhere that its own manifest declares, and no others. */
function linkDependencies({ manifest, folder, unpacked }: Published): void {
  const ours = new Set(packages.map((each) => each.manifest.name))
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
    if (ours.has(name)) continue
    const link = join(unpacked, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(folder, 'node_modules', name), link)
  }
}

function check({ manifest, unpacked }: Published): void {
  const tarball = join(workspace, `${manifest.name.replace('/', '-')}.tgz`)
  run(manifest.name, 'publint', ['publint', 'run', tarball, '--strict'])
  // A package of data has no types.
  if (manifest.files.includes('dist')) {
    run(manifest.name, 'are the types wrong', ['attw', tarball, '--profile', 'esm-only', '--format', 'ascii'])
  }
  for (const door of Object.keys(manifest.exports).filter((name) => !/\*|^\.\/[\w.]*(LICENSE|json)$/.test(name))) {
    const specifier = join(manifest.name, door)
    run(
      manifest.name,
      `import ${specifier}`,
      ['node', '--input-type=module', '--eval', `await import('${specifier}')`],
      unpacked,
    )
  }
}

/** Licences come along, pictures of another licence do not, and nothing says where on this machine it was made. */
function checkContents({ manifest, unpacked }: Published): void {
  const files = globSync('**/*', {
    cwd: unpacked,
    withFileTypes: true,
    exclude: (each) => each.name === 'node_modules',
  })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
  const isOurs = manifest.license === 'Apache-2.0'
  expect(manifest.name, 'has its licence', existsSync(join(unpacked, 'LICENSE')))
  expect(manifest.name, 'has its notices', !isOurs || existsSync(join(unpacked, 'NOTICE')))
  const foreign = files.filter((path) => isOurs && /mnist/.test(path) && /\.(gz|idx|png)$/.test(path))
  const others = foreign.filter((path) => !path.includes('fashion-mnist'))
  expect(manifest.name, `has no pictures of MNIST ${others.join(', ')}`, others.length === 0)
  const places = [root, workspace, join(homedir(), '/')].map((path) => Buffer.from(path))
  const telling = files.filter((path) => {
    const content = readFileSync(path)
    return places.some((place) => content.includes(place))
  })
  expect(manifest.name, `says no path of this machine ${telling.join(', ')}`, telling.length === 0)
}

function expect(name: string, what: string, isSo: boolean): void {
  if (!isSo) failures += 1
  console.log(`${isSo ? 'ok     ' : 'FAILED '} ${name}: ${what}`)
}

/**
 * Runs the published command where no cache is, so that it must find all that it finds in other packages: the driver's
 * probe, weights, photographs, data sets, fonts, and SwiftShader.
 */
function checkCommand({ manifest: { name }, unpacked }: Published): void {
  const published = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as Manifest
  const main = join(unpacked, published.bin?.[name] ?? '')
  const folder = join(workspace, 'command')
  mkdirSync(folder)
  const environment = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') }
  const command = (line: string, variables: Record<string, string> = {}): void =>
    run(name, `noisescope ${line}`, ['node', main, ...line.split(' ')], folder, { ...environment, ...variables })
  command('train --epochs 1 --train-images 96 --test-images 4 --run digits --dataset mnist')
  command('train --model dncnn-compact --epochs 1 --patches 32 --run photographs')
  command('explain --model autoencoder')
  copyFileSync(join(root, 'docs', 'images', 'noise-path.png'), join(folder, 'picture.png'))
  command('denoise picture.png --output denoised.png')
  if (process.platform === 'linux' && process.arch === 'x64')
    command('evaluate --model autoencoder --test-images 4', { NOISESCOPE_VULKAN: 'swiftshader' })
}

function run(name: string, what: string, [command = '', ...args]: string[], folder = root, env = process.env): void {
  try {
    execFileSync(command, args, { cwd: folder, env, stdio: 'pipe', encoding: 'utf8' })
    console.log(`ok      ${name}: ${what}`)
  } catch (error) {
    failures += 1
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    console.log(`FAILED  ${name}: ${what}\n${stdout}${stderr}`)
  }
}
