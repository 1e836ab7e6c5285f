import {
  apply,
  binding,
  dispatchFor,
  type Kernel,
  type KernelSpec,
  type Op,
  padToFour,
  philox,
  philoxFunctions,
  type RandomKey,
  ShapeError,
  sameShape,
  showShape,
  sizeOf,
  type Tail,
  type Tensor,
} from '@noisescope/core'

/** Draws of a key before this one belong to the photons' numbers and to the rest of a noise. */
const FIRST_DRAW = 2
const WORDS = 2 ** 32
const WORDS_PER_DRAW = 4
const WORKGROUP_SIZE = 64

/**
 * Of the photons of each pixel, how many are kept, each with probability `clean`: photon k of pixel i is kept if word
 * k % 4 of Philox of counter (i, offset, stream, 2 + floor(k / 4)) is below clean * 2^32. That product and the comparison
 * are exact, so the GPU counts the same. Values of `clean` outside 0..1 count as 0 or 1.
 * @param start index of the first pixel
 */
export function thinned(clean: ArrayLike<number>, photons: Float32Array, key: RandomKey, start = 0): Float32Array {
  const [key0, key1, stream, offset] = key
  return photons.map((count, i) => {
    const x = clean[i] as number
    if (x >= 1) return count
    const limit = Math.floor(x * WORDS)
    let kept = 0
    for (let k = 0; k < count && limit > 0; k += WORDS_PER_DRAW) {
      const words = philox([start + i, offset, stream, FIRST_DRAW + k / WORDS_PER_DRAW], [key0, key1])
      for (const word of words.slice(0, count - k)) if (word < limit) kept++
    }
    return kept
  })
}

/** Bindings: 0 clean, 1 photons, 2 key (u32, a RandomKey), tail from 3. One thread a pixel. */
function thinningKernel({ output }: KernelSpec, tail: Tail): Kernel {
  const count = sizeOf(output)
  const [, c, h, w] = padToFour(output)
  const { workgroups, linear } = dispatchFor(count, WORKGROUP_SIZE)
  const wgsl = `${binding(0, 'clean')}
${binding(1, 'photons')}
${binding(2, 'key', 'u32')}
${tail.declarations(3)}
${philoxFunctions}

fn kept(pixel: u32, x: f32, count: u32) -> u32 {
  if (x >= 1.0) { return count; }
  if (x <= 0.0) { return 0u; }
  let limit = u32(x * ${WORDS}.0);
  var total = 0u;
  for (var k = 0u; k < count; k += ${WORDS_PER_DRAW}u) {
    let words = philox(vec4u(pixel, key[3], key[2], ${FIRST_DRAW}u + k / ${WORDS_PER_DRAW}u), vec2u(key[0], key[1]));
    let below = (words < vec4u(limit)) & (vec4u(k) + vec4u(0, 1, 2, 3) < vec4u(count));
    total += dot(select(vec4u(0), vec4u(1), below), vec4u(1));
  }
  return total;
}

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(global_invocation_id) global: vec3u) {
  ${linear}
  if (id >= ${count}u) { return; }
  let at = vec4u(id / ${c * h * w}u, (id / ${h * w}u) % ${c}u, (id / ${w}u) % ${h}u, id % ${w}u);
  finish(at, id, f32(kept(id, clean[id], u32(photons[id]))));
}
`
  return { name: 'thinning', wgsl, workgroups }
}

const thinningOp: Op<null> = {
  name: 'thinning',
  shape: ([clean = [], photons = [], key = []]) => {
    if (!sameShape(clean, photons))
      throw new ShapeError(`clean is ${showShape(clean)}, photons are ${showShape(photons)}: expected equal shapes`)
    if (!sameShape(key, [4])) throw new ShapeError(`the key is ${showShape(key)}, expected 4`)
    return clean
  },
  gradient: () => [],
  reference: ([clean, photons, key]) => {
    const [key0 = 0, key1 = 0, stream = 0, offset = 0] = key?.data ?? []
    const kept = thinned(clean?.data ?? [], Float32Array.from(photons?.data ?? []), [key0, key1, stream, offset])
    return { shape: clean?.shape ?? [], data: Float64Array.from(kept) }
  },
  kernel: thinningKernel,
}

/** `thinned` in the graph: whole numbers of photons as float32; no gradient flows. @throws ShapeError */
export const thinning = (clean: Tensor, photons: Tensor, key: Tensor): Tensor =>
  apply(thinningOp, [clean, photons, key], null)
