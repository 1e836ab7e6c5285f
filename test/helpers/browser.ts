import { type Browser, chromium as playwright } from 'playwright-core'

/**
 * Starts the Chromium that an npm package carries, with WebGPU on its SwiftShader. Its libraries come from the same package, so
 * a bare machine needs nothing else.
 */
export async function openBrowser(): Promise<Browser> {
  // The package unpacks its libraries only where it believes to be on Amazon's machines.
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs22.x'
  const { default: chromium } = await import('@sparticuz/chromium')
  const executablePath = await chromium.executablePath()
  // Not in one process: the browser outlives a page that crashes.
  const args = ['--no-sandbox', '--enable-unsafe-webgpu', '--font-render-hinting=none']
  return playwright.launch({ executablePath, args })
}
