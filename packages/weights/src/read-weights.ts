import { InputError, inOneLine } from '@noisescope/core'
import { readSafetensors, type StoredStructure, type StoredTensor } from '@noisescope/nn'
import { superblockOffset } from './hdf5/index.ts'
import { KERAS_WEIGHTS, readKeras, readKerasArchive } from './keras.ts'
import { readMatConvNet } from './matconvnet.ts'
import { isMatlabHdf5, readMatlabHdf5 } from './matlab/hdf5-file.ts'
import type { MatlabFile } from './matlab/value.ts'
import { isMatlab5, readMatlab5 } from './matlab/version-5.ts'
import type { Refuse } from './refusal.ts'
import { isTorchLegacy, readTorchLegacy } from './torch-legacy.ts'
import { loadTensors } from './torch-tensors.ts'
import { readTorchZip, type TorchFile, torchPickleIn } from './torch-zip.ts'
import { openZip } from './zip.ts'

/** What kind of file weights come from. */
export type WeightsFormat =
  | 'safetensors'
  | 'pytorch-zip'
  | 'pytorch-legacy'
  | 'keras-h5'
  | 'keras-archive'
  | 'matconvnet'

/** The tensors of a file, by the names that the file gives them, and what else it says in numbers and texts. */
export interface WeightsFile extends StoredStructure {
  readonly tensors: ReadonlyMap<string, StoredTensor>
  readonly metadata: Readonly<Record<string, string>>
  readonly format: WeightsFormat
}

const ZIP_SIGNATURE = [0x50, 0x4b, 0x03, 0x04]
/** Where the JSON header of a safetensors file begins, and with what. */
const SAFETENSORS_HEADER = 8
const OPENING_BRACE = 0x7b

/** Beginnings of files that are met in place of weights, and what to do about them. */
const lookAlikes: readonly [beginning: string, meaning: string][] = [
  ['version https://git-lfs', 'a pointer of Git LFS; fetch the file itself (git lfs pull)'],
  ['<', 'a web page; download the file itself'],
  ['\x1f\x8b', 'packed with gzip; unpack it first'],
  ['\x80\x02', 'a pickle of Python, but not one of torch.save'],
  ['\x80\x03', 'a pickle of Python, but not one of torch.save'],
  ['\x80\x04', 'a pickle of Python, but not one of torch.save'],
]

const EXPECTED = 'safetensors, PyTorch (.pth, .pt), Keras (.h5, .weights.h5, .keras) or MatConvNet (.mat)'

/**
 * Reads weights from any format that is known, told apart by their first bytes, without executing anything. Numbers of
 * every type become float32: also the integers of `num_batches_tracked`, which whoever has no use for them leaves out.
 * @param name of the file, for messages.
 * @param network which one of several that the file holds: the number of a MatConvNet, from 1, or the key of a PyTorch dict.
 * @throws InputError when the format is unknown, the file holds several networks and none is named, or the file is cut short, damaged, or made to exhaust the memory.
 */
export async function readWeights(bytes: Uint8Array, name: string, network?: string): Promise<WeightsFile> {
  if (startsWith(bytes, ZIP_SIGNATURE)) return readArchive(bytes, name, network)
  if (isTorchLegacy(bytes)) {
    const refuse = refusal(name, 'PyTorch file')
    return fromTorch(readTorchLegacy(bytes, refuse, network), 'pytorch-legacy', bytes.length, refuse)
  }
  const refuseMatlab = refusal(name, 'MATLAB file')
  if (isMatlab5(bytes)) return fromMatConvNet(readMatlab5(bytes, refuseMatlab), bytes.length, refuseMatlab, network)
  if (superblockOffset(bytes) !== undefined) {
    if (isMatlabHdf5(bytes, refusal(name, 'HDF5 file')))
      return fromMatConvNet(readMatlabHdf5(bytes, refuseMatlab), bytes.length, refuseMatlab, network)
    return { ...readKeras(bytes, refusal(name, 'Keras file')), format: 'keras-h5' }
  }
  if (bytes[SAFETENSORS_HEADER] === OPENING_BRACE) return { ...readSafetensors(bytes, name), format: 'safetensors' }
  const beginning = String.fromCharCode(...bytes.subarray(0, 64)).trimStart()
  const [, meaning] = lookAlikes.find(([text]) => beginning.startsWith(text)) ?? []
  throw new InputError(`${name} holds no weights: ${meaning ? `it is ${meaning}` : `expected ${EXPECTED}`}`)
}

function readArchive(bytes: Uint8Array, name: string, network: string | undefined): WeightsFile {
  const { names } = openZip(bytes, refusal(name, 'zip archive'))
  const pickle = torchPickleIn(names)
  if (pickle !== undefined) {
    const refuse = refusal(name, 'PyTorch file')
    return fromTorch(readTorchZip(bytes, pickle, refuse, network), 'pytorch-zip', bytes.length, refuse)
  }
  if (names.includes(KERAS_WEIGHTS)) {
    return { ...readKerasArchive(bytes, refusal(name, 'Keras file')), format: 'keras-archive' }
  }
  throw new InputError(
    `${name} is a zip archive without weights; expected one of PyTorch (data.pkl) or Keras (${KERAS_WEIGHTS})`,
  )
}

function fromMatConvNet(file: MatlabFile, fileBytes: number, refuse: Refuse, network: string | undefined): WeightsFile {
  return { ...readMatConvNet(file, fileBytes, refuse, network), metadata: {}, format: 'matconvnet', inOrder: true }
}

function fromTorch(
  { tensors, layers, metadata, bytesOf }: TorchFile,
  format: WeightsFormat,
  fileBytes: number,
  refuse: Refuse,
): WeightsFile {
  const loaded = loadTensors(tensors, bytesOf, fileBytes, refuse)
  return { tensors: loaded, metadata, format, inOrder: true, ...(layers.length > 0 ? { layers } : {}) }
}

const startsWith = (bytes: Uint8Array, signature: readonly number[]): boolean =>
  signature.every((byte, i) => bytes[i] === byte)

const refusal =
  (name: string, kind: string): Refuse =>
  (reason) => {
    throw new InputError(`${name} is not a usable ${kind}: ${inOneLine(reason)}`)
  }
