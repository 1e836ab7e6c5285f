import { existsSync, readFileSync } from 'node:fs'
import { it } from 'vitest'
import { readSafetensors, type SafetensorsFile } from '../../src/index.ts'

/** PyTorch's values, beside the checkout. */
const FOLDER = new URL('../../../../../shared/fixtures/', import.meta.url)

/** The bytes of a fixture file. */
export const fixtureBytes = (file: string): Uint8Array => readFileSync(new URL(`${file}.safetensors`, FOLDER))

/** A fixture file as our own reader sees it. */
export const readFixture = (file: string): SafetensorsFile => readSafetensors(fixtureBytes(file), file)

/** A test that needs the fixtures: where they are absent it is skipped with the reason, and fails in CI. */
export function itWithFixtures(name: string, test: () => void | Promise<void>): void {
  const skip = !existsSync(FOLDER) && process.env.CI !== 'true'
  if (skip) console.warn(`skipped, since ${FOLDER.pathname} is not there: ${name}`)
  it.skipIf(skip)(name, test)
}
