/** A value of a MATLAB file. Arrays run through their first axis fastest; what is large is read when it is asked for. */
export type MatlabValue =
  | { readonly kind: 'numbers'; readonly shape: readonly number[]; values(): ArrayLike<number> }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'cell'; items(): readonly MatlabValue[] }
  /** A struct array; of a single struct the only element. */
  | {
      readonly kind: 'struct'
      readonly elements: number
      field(name: string, element?: number): MatlabValue | undefined
    }
  /** Of another class, such as a function handle. */
  | { readonly kind: 'other'; readonly called: string }

/** The variables of a MATLAB file by name. */
export interface MatlabFile {
  readonly variables: ReadonlyMap<string, MatlabValue>
  /** @throws the refusal, when what was read shows the file as damaged: to be called when all is read. */
  finish(): void
}
