/** Places of values in their order from 0, equal values at the mean of theirs. */
function ranks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number))
  const found = new Float64Array(values.length)
  for (let from = 0, to = 0; from < order.length; from = to) {
    const value = values[order[from] as number]
    while (to < order.length && values[order[to] as number] === value) to++
    for (let i = from; i < to; i++) found[order[i] as number] = (from + to - 1) / 2
  }
  return found
}

/** Spearman's rank correlation: Pearson's of the ranks. null where all values of one side are equal. */
export function rankCorrelation(a: Float64Array, b: Float64Array): number | null {
  const [x, y] = [centred(ranks(a)), centred(ranks(b))]
  const [xx, yy, xy] = [product(x, x), product(y, y), product(x, y)]
  return xx === 0 || yy === 0 ? null : xy / Math.sqrt(xx * yy)
}

const product = (a: Float64Array, b: Float64Array): number => a.reduce((total, x, i) => total + x * (b[i] as number), 0)

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((total, value) => total + value, 0) / values.length
  return values.map((value) => value - mean)
}
