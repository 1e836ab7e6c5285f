import { readPickle } from './pickle.ts'
import type { Refuse } from './refusal.ts'
import { type StateDict, stateDictOf } from './state-dict.ts'
import { torchWorld } from './torch-objects.ts'
import type { StorageBytes } from './torch-tensors.ts'
import { openZip } from './zip.ts'

/** A checkpoint whose tensors are found but not yet copied. */
export interface TorchFile extends StateDict {
  readonly bytesOf: StorageBytes
}

/** The pickle of a torch archive: `NAME/data.pkl`, or `data.pkl` without a folder. */
export const torchPickleIn = (names: readonly string[]): string | undefined =>
  names.find((name) => /^(?:[^/]*\/)?data\.pkl$/.test(name))

/**
 * Reads what `torch.save` writes since PyTorch 1.6: a zip archive of `data.pkl`, `byteorder` and a file for each storage
 * (`data/0` and so on).
 * @param network key of the one that is wanted, where it holds several.
 * @throws the refusal, when anything in it is not as it should be.
 */
export function readTorchZip(bytes: Uint8Array, pickle: string, refuse: Refuse, network?: string): TorchFile {
  const folder = pickle.slice(0, -'data.pkl'.length)
  const archive = openZip(bytes, refuse)
  if (archive.names.some((name) => name.startsWith(`${folder}code/`)))
    refuse('it is a TorchScript program (torch.jit.save); save the state_dict() of the model instead (torch.save)')
  const order = `${folder}byteorder`
  if (archive.has(order) && new TextDecoder().decode(archive.read(order)).trim() !== 'little')
    refuse('it was saved on a big-endian machine; save it on a little-endian one')
  const { value } = readPickle(archive.read(pickle), torchWorld(refuse), refuse)
  return {
    ...stateDictOf(value, refuse, network),
    bytesOf: ({ key }) =>
      archive.has(`${folder}data/${key}`)
        ? archive.read(`${folder}data/${key}`)
        : refuse(`its storage ${key} is missing`),
  }
}
