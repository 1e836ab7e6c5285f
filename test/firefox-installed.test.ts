import { firefoxPath } from '@noisescope/test-firefox'
import { expect, test } from 'vitest'

test('Firefox is on the PATH, in which tests run wgpu', (context) => {
  const missing = firefoxPath() === undefined
  if (missing && process.env.CI !== 'true')
    context.skip('no Firefox on the PATH; on Debian: apt-get install firefox-esr')
  expect(missing, 'no Firefox on the PATH; on Debian: apt-get install firefox-esr').toBe(false)
})
