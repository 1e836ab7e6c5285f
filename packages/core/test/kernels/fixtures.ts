import type { Values } from '../../src/reference/values.ts'
import { type Case, readCases } from '../helpers/fixtures.ts'

/** A tensor of a case of the fixtures, in float64 as the references take it. */
export function valuesOf({ name, tensors }: Case, part: string): Values {
  const tensor = tensors[part]
  if (!tensor) throw new Error(`no tensor ${name}/${part} in the fixtures`)
  return { shape: tensor.shape, data: Float64Array.from(tensor.data) }
}

/**
 * Tensors of ops.safetensors by `case/part`, or undefined, with the reason printed, where the file is absent.
 * @throws Error when it is absent in continuous integration.
 */
export async function opFixtures(): Promise<((path: string) => Values) | undefined> {
  const cases = await readCases('ops')
  if (cases.length === 0) return undefined
  return (path) => {
    const [name, part = ''] = path.split('/')
    const found = cases.find((each) => each.name === name)
    if (!found) throw new Error(`no case ${name} in the fixtures`)
    return valuesOf(found, part)
  }
}
