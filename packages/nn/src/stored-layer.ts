/** What a file says of a layer beyond its tensors: whole models of PyTorch, Keras and MatConvNet do. */
export interface StoredLayer {
  /** Name, as before `.weight` in the names of its tensors. */
  readonly name: string
  readonly kind: 'convolution' | 'batch-norm' | 'relu' | 'other'
  /** What the file calls its kind, for messages. */
  readonly called: string
  /** Of batch norm: what is added to the variance. */
  readonly eps?: number
  /** Of a convolution: distance of its kernel's taps, 1 where they touch; 1 if not given. */
  readonly dilation?: number
  /** Of a convolution: what of it none of our models has, in words. */
  readonly unusual?: string
}
