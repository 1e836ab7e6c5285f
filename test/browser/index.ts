import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import chromium from '@sparticuz/chromium'
import { type Browser, type LaunchOptions, chromium as playwright } from 'playwright-core'

/** Where the package unpacks its libraries; it does so only where it believes to be on one of Amazon's machines. */
const LIBRARIES = join(tmpdir(), 'al2023', 'lib')
const AMAZON = { name: 'AWS_EXECUTION_ENV', value: 'AWS_Lambda_nodejs22.x' } as const

/** WebGPU on SwiftShader too; not in one process, so that the browser outlives a page that crashes. */
const ARGUMENTS = ['--no-sandbox', '--enable-unsafe-webgpu', '--font-render-hinting=none']

/**
 * How Playwright starts the Chromium that an npm package carries, with WebGPU on its SwiftShader. Its libraries come from
 * the same package, so a bare machine needs nothing else. Unpacks it where that was not done before; this process's own
 * environment stays as it is. The package is for Linux on x64; elsewhere it is the Chrome that is installed.
 */
export async function browserLaunch(): Promise<LaunchOptions> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return { channel: 'chrome', args: ARGUMENTS }
  const before = process.env[AMAZON.name]
  process.env[AMAZON.name] = AMAZON.value
  const executablePath = await chromium.executablePath()
  if (before === undefined) delete process.env[AMAZON.name]
  else process.env[AMAZON.name] = before
  const { LD_LIBRARY_PATH: libraries } = process.env
  return {
    executablePath,
    args: ARGUMENTS,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: libraries ? `${LIBRARIES}${delimiter}${libraries}` : LIBRARIES,
      FONTCONFIG_PATH: join(tmpdir(), 'fonts'),
    },
  }
}

/** Starts the browser of `browserLaunch`. */
export async function openBrowser(): Promise<Browser> {
  return playwright.launch(await browserLaunch())
}
