/** What WebGPU says of an adapter; browsers leave out what would tell users apart, older ones whether it is a fallback. */
export type NamedAdapter = Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'device' | 'description'> & {
  readonly isFallbackAdapter?: boolean
}

/** An adapter's names, the same for every implementation of WebGPU. */
export interface AdapterNames {
  /** Lowercase: 'nvidia', 'mesa'; '' where it is not said. */
  readonly vendor: string
  readonly architecture: string
  /** All that is said, for people. */
  readonly text: string
  /** Whether it computes on the processor. */
  readonly software: boolean
}

/** Vendors by their PCI and Khronos numbers, with the names that Dawn gives them: wgpu, as in Deno, only has the number. */
const VENDORS: Readonly<Record<number, string>> = {
  4098: 'amd',
  4112: 'img-tec',
  4203: 'apple',
  4318: 'nvidia',
  5045: 'arm',
  5140: 'microsoft',
  5197: 'samsung',
  5348: 'broadcom',
  6880: 'google',
  20803: 'qualcomm',
  32902: 'intel',
  65541: 'mesa',
}

/** Names by which software adapters give themselves away, since not every implementation says that they are fallbacks. */
const SOFTWARE = /llvmpipe|lavapipe|swiftshader|software|basic render|\bwarp\b/i

const IS_NUMBER = /^\d+$/

/**
 * Brings the names of an adapter into one form.
 *
 * Mesa's driver of Apple's GPUs under Linux gives Mesa's own number as its vendor and no number of a device, for which Dawn
 * calls its architecture 'software': an architecture of that name says so only where nothing better does.
 */
export function adapterNames({
  vendor,
  architecture,
  device,
  description,
  isFallbackAdapter,
}: NamedAdapter): AdapterNames {
  const maker = IS_NUMBER.test(vendor) ? (VENDORS[Number(vendor)] ?? `vendor ${vendor}`) : vendor
  const model = IS_NUMBER.test(device) ? '' : device
  const named = [model, description].filter((part) => part !== '').join(', ')
  const family = architecture === '' && /swiftshader/i.test(named) ? 'swiftshader' : architecture
  const text = [maker, family, named].filter((part) => part !== '').join(', ')
  const byName = SOFTWARE.test(named === '' || family !== 'software' ? text : named)
  const isAnonymous = named === '' && isFallbackAdapter === false
  return {
    vendor: maker,
    architecture: family,
    text: text === '' ? 'unnamed adapter' : text,
    software: isFallbackAdapter === true || (byName && !isAnonymous),
  }
}
