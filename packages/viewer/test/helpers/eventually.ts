import type { Locator } from 'playwright-core'
import { expect } from 'vitest'

/** For anything of a page, on a machine that does other things besides (milliseconds). */
export const PATIENCE = 600_000

/** Expects something of a page to become so. */
export const eventually = <T>(read: () => T | Promise<T>, timeout = PATIENCE) => expect.poll(read, { timeout })

/** What an element says, its white space squeezed. */
export const textOf = async (element: Locator): Promise<string> =>
  ((await element.textContent()) ?? '').replaceAll(/\s+/g, ' ').trim()
