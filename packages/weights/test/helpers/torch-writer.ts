import { zipSync } from 'fflate'
import { call, dict, global, list, orderedDict, persistent, pickle, raw, tuple, type Written } from './pickle-writer.ts'

/** A storage that tests write: its class, its elements, and their bytes. */
export interface WrittenStorage {
  readonly key: string
  readonly type: string
  readonly length: number
  readonly bytes: Uint8Array
}

export const storageOf = (
  key: string,
  values: ArrayBufferView & ArrayLike<unknown>,
  type = 'FloatStorage',
): WrittenStorage => ({
  key,
  type,
  length: values.length,
  bytes: new Uint8Array(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength)),
})

export const rowMajor = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1))

/** torch._utils._rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks) */
export function tensor(
  { key, type, length }: Pick<WrittenStorage, 'key' | 'type' | 'length'>,
  shape: readonly number[],
  {
    offset = 0,
    strides = rowMajor(shape),
    part,
  }: { offset?: number; strides?: readonly number[]; part?: Written } = {},
): Written {
  const id = tuple('storage', global('torch', type), key, 'cpu', length, ...(part === undefined ? [] : [part]))
  const hooks = orderedDict([])
  return call(
    'torch._utils',
    '_rebuild_tensor_v2',
    persistent(id),
    offset,
    tuple(...shape),
    tuple(...strides),
    false,
    hooks,
  )
}

/** A state dict with the attribute that modules give it. */
export const stateDict = (items: readonly (readonly [string, Written])[]): Written =>
  orderedDict(items, dict(['_metadata', orderedDict([['', dict(['version', 1])]])]))

/** A file as torch.save has written it since 1.6. */
export function torchZip(
  root: Written,
  storages: readonly WrittenStorage[],
  { level = 0, byteorder = 'little' }: { level?: 0 | 9; byteorder?: string } = {},
): Uint8Array {
  const files: Record<string, Uint8Array> = {
    'archive/data.pkl': pickle(root),
    'archive/byteorder': new TextEncoder().encode(byteorder),
  }
  for (const { key, bytes } of storages) files[`archive/data/${key}`] = bytes
  files['archive/version'] = new TextEncoder().encode('3\n')
  return zipSync(files, { level })
}

/** A file as torch.save wrote it before 1.6. */
export function torchLegacy(root: Written, storages: readonly WrittenStorage[], littleEndian = true): Uint8Array {
  const parts = [
    pickle(raw([0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19])),
    pickle(1001),
    pickle(dict(['protocol_version', 1001], ['little_endian', littleEndian], ['type_sizes', dict(['int', 4])])),
    pickle(root),
    pickle(list(...storages.map(({ key }) => key))),
    ...storages.flatMap(({ length, bytes }) => [new Uint8Array(BigUint64Array.of(BigInt(length)).buffer), bytes]),
  ]
  return new Uint8Array(Buffer.concat(parts))
}
