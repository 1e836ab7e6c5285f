import type { Page, PageScreenshotOptions } from 'playwright-core'

/** Screenshots that are taken until two in a row are the same. */
const MOST_SHOTS = 40

/**
 * A screenshot of what is in sight, once that stands still.
 * @throws Error when it never does.
 */
export async function stillScreenshot(page: Page, clip?: PageScreenshotOptions['clip']): Promise<Buffer> {
  const options: PageScreenshotOptions = { animations: 'disabled', ...(clip === undefined ? {} : { clip }) }
  let before = await page.screenshot(options)
  for (let shot = 1; shot < MOST_SHOTS; shot++) {
    const now = await page.screenshot(options)
    if (now.equals(before)) return now
    before = now
  }
  throw new Error(`after ${MOST_SHOTS} screenshots the page still changes`)
}
