/** What a file says of a layer beyond its tensors: whole models of PyTorch, Keras and MatConvNet do. */
export interface StoredLayer {
  /** Name, as before `.weight` in the names of its tensors. */
  readonly name: string
  /** `none` changes nothing when a trained network runs (dropout), or only arranges pixels. */
  readonly kind: 'convolution' | 'batch-norm' | 'relu' | 'none' | 'other'
  /** What the file calls its kind, for messages. */
  readonly called: string
  /** Of batch norm: what is added to the variance. */
  readonly eps?: number
  /** Of a convolution: distance of its kernel's taps, 1 where they touch; 1 if not given. */
  readonly dilation?: number
  /** Of a convolution: what of it none of our models has, in words. */
  readonly unusual?: string
}

/** What is known of stored tensors besides their names and values. */
export interface StoredStructure {
  /** The layers in the order in which they run; none where the file does not say. */
  readonly layers?: readonly StoredLayer[]
  /** The tensors stand in the order in which the network has them; safetensors and HDF5 sort them by name instead. */
  readonly inOrder?: boolean
  /** What batch norm adds to variances, where no layer says it. */
  readonly batchNormEps?: number
}
