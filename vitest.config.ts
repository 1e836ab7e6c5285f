import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { browserLaunch } from './test/browser/index.ts'
import { denoPool } from './test/deno/index.ts'
import { firefoxPath } from './test/firefox/index.ts'
import { firefox } from './test/firefox/provider.ts'

/**
 * Ends a test that would never end (milliseconds). It is no limit of anything that is tested: on a machine that does other things
 * besides, everything takes as many times longer as there are of these.
 */
const PATIENCE = 1_200_000

/** PyTorch's values, beside the checkout. */
const FIXTURES = fileURLToPath(new URL('../shared/fixtures/', import.meta.url))

/** How packages name what is for Deno, before what is for Node. */
const DENO = ['deno', 'module', 'node', 'development|production']

/** What runs where WebGPU is wgpu: each kernel once, and each model. */
const WGPU_TESTS = [
  'packages/core/test/wgpu/*.ts',
  'packages/core/test/{nan,program}.test.ts',
  'test/models-everywhere.test.ts',
]

const everywhere = {
  testTimeout: PATIENCE,
  hookTimeout: PATIENCE,
  expect: { poll: { timeout: PATIENCE / 2 } },
  // Processes in Node, pages of one Chromium in the browser.
  maxWorkers: 2,
  provide: {
    fixtures: { folder: FIXTURES, present: existsSync(FIXTURES) },
    continuousIntegration: process.env.CI === 'true',
  },
}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...everywhere,
          name: 'node',
          include: ['{packages,apps}/*/test/**/*.test.ts', 'test/**/*.test.ts'],
          // A process for each file: Dawn lives in the process, and a crash of a driver fails one file.
          pool: 'forks',
        },
      },
      {
        // Tests of Deno, whose WebGPU is wgpu: what each kernel computes, once.
        resolve: { conditions: DENO },
        ssr: { resolve: { conditions: DENO } },
        test: {
          ...everywhere,
          name: 'deno',
          include: WGPU_TESTS,
          pool: denoPool,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...everywhere,
          name: 'chromium',
          // Kernels, and the WebAssembly that decodes JPEGs.
          include: ['packages/core/test/**/*.test.ts', 'packages/images/test/jpeg-variants.test.ts'],
          // What only Node has: Vulkan's drivers, files, Dawn.
          exclude: ['packages/core/test/node/**'],
          // After the others, which occupy the processor that this adapter is made of.
          sequence: { groupOrder: 1 },
          browser: {
            enabled: true,
            provider: playwright({ launchOptions: await browserLaunch() }),
            instances: [{ browser: 'chromium', name: 'chromium' }],
            headless: true,
            screenshotFailures: false,
            traceView: false,
          },
        },
        // All that these tests import from npm: what Vite finds later would reload the page in the midst of a test.
        optimizeDeps: { noDiscovery: true, include: ['fast-check'] },
        server: { fs: { allow: ['.', FIXTURES] } },
      },
      ...(firefoxPath() === undefined
        ? []
        : [
            {
              // The same tests as Deno's: its WebGPU is wgpu too, by way of a browser.
              test: {
                ...everywhere,
                name: 'firefox',
                include: WGPU_TESTS,
                sequence: { groupOrder: 3 },
                browser: {
                  enabled: true,
                  provider: firefox(),
                  instances: [{ browser: 'firefox' as const, name: 'firefox' }],
                  headless: true,
                  screenshotFailures: false,
                  traceView: false,
                },
              },
              optimizeDeps: { noDiscovery: true, include: ['fast-check'] },
              server: { fs: { allow: ['.', FIXTURES] } },
            },
          ]),
    ],
  },
})
