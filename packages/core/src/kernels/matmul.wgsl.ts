import type { Shape } from '../shape.ts'
import { padToFour, sizeOf } from '../shape.ts'
import type { MatmulAttributes } from './attributes.ts'
import { flatKernel } from './flat.ts'
import type { Kernel, KernelSpec, Tail } from './kernel.ts'
import { binding, dispatchFor, unflatten } from './kernel.ts'

/** Rows and columns of the result that one workgroup computes: 8 x 8 threads of 4 x 4 elements. */
const TILE = 32
const TILE_THREADS = 64
/** Depth of the two blocks held in workgroup memory at a time. */
const DEPTH = 16
/** Below this many rows or columns most of a tile would be empty. */
const LEAST_TILED = 16

/** Sizes of a batch of products [batch, m, k] times [batch, k, n]. */
interface Product {
  readonly batch: number
  readonly m: number
  readonly k: number
  readonly n: number
  /** WGSL index of an element of an operand, given WGSL for batch, row and column. */
  a(batch: string, row: string, k: string): string
  b(batch: string, k: string, column: string): string
}

function productOf({ inputs, output, attributes }: KernelSpec<MatmulAttributes>): Product {
  const [a = []] = inputs
  const m = output.at(-2) ?? 1
  const n = output.at(-1) ?? 1
  const k = a.at(attributes.transposeA ? -2 : -1) ?? 1
  const index = (batch: string, size: number, major: string, width: number, minor: string): string =>
    `${batch} * ${size}u + (${major}) * ${width}u + ${minor}`
  return {
    batch: sizeOf(output.slice(0, -2)),
    m,
    k,
    n,
    a: (batch, row, depth) =>
      attributes.transposeA ? index(batch, m * k, depth, m, row) : index(batch, m * k, row, k, depth),
    b: (batch, depth, column) =>
      attributes.transposeB ? index(batch, k * n, column, k, depth) : index(batch, k * n, depth, n, column),
  }
}

/** Matrix products. Bindings: 0 a, 1 b, tail from 2. */
export function matmulKernel(spec: KernelSpec<MatmulAttributes>, tail: Tail): Kernel {
  const product = productOf(spec)
  const declarations = `${binding(0, 'a')}
${binding(1, 'b')}
${tail.declarations(2)}`
  return Math.min(product.m, product.n) < LEAST_TILED
    ? directProduct(product, spec.output, declarations)
    : tiledProduct(product, spec, declarations)
}

/** One thread an element. */
function directProduct(product: Product, output: Shape, declarations: string): Kernel {
  const { m, n, k } = product
  return flatKernel(
    'matmul direct',
    sizeOf(output),
    declarations,
    `  ${unflatten('id', padToFour(output))}
  let batch = id / ${m * n}u;
  var sum = 0.0;
  for (var k = 0u; k < ${k}u; k++) {
    sum += a[${product.a('batch', 'at.z', 'k')}] * b[${product.b('batch', 'k', 'at.w')}];
  }
  finish(at, id, sum);`,
  )
}

/** One workgroup a tile of the result, over blocks of both operands in workgroup memory; a thread holds 4 rows of vec4. */
function tiledProduct(
  product: Product,
  { attributes, output }: KernelSpec<MatmulAttributes>,
  declarations: string,
): Kernel {
  const { batch, m, n, k } = product
  const tilesDown = Math.ceil(m / TILE)
  const tilesAcross = Math.ceil(n / TILE)
  const { workgroups } = dispatchFor(batch * tilesDown * tilesAcross, 1)
  const [, leading] = padToFour(output)
  // Consecutive threads read consecutive elements of each operand, whichever way it is stored.
  const along = (minorIsDepth: boolean): string =>
    minorIsDepth
      ? `let depth = cell % ${DEPTH}u; let line = cell / ${DEPTH}u;`
      : `let line = cell % ${TILE}u; let depth = cell / ${TILE}u;`
  const wgsl = `${declarations}

var<workgroup> blockA: array<f32, ${DEPTH * TILE}>;
var<workgroup> blockB: array<f32, ${DEPTH * TILE}>;

@compute @workgroup_size(${TILE_THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let tile = group.y * ${workgroups[0]}u + group.x;
  let batch = tile / ${tilesDown * tilesAcross}u;
  let firstRow = ((tile / ${tilesAcross}u) % ${tilesDown}u) * ${TILE}u;
  let firstColumn = (tile % ${tilesAcross}u) * ${TILE}u;
  let myRow = (thread / 8u) * 4u;
  let myColumn = (thread % 8u) * 4u;
  var sum0 = vec4f(); var sum1 = vec4f(); var sum2 = vec4f(); var sum3 = vec4f();
  for (var start = 0u; start < ${k}u; start += ${DEPTH}u) {
    for (var cell = thread; cell < ${DEPTH * TILE}u; cell += ${TILE_THREADS}u) {
      ${along(!attributes.transposeA)}
      let row = firstRow + line;
      let k = start + depth;
      var value = 0.0;
      if (batch < ${batch}u && row < ${m}u && k < ${k}u) { value = a[${product.a('batch', 'row', 'k')}]; }
      blockA[depth * ${TILE}u + line] = value;
    }
    for (var cell = thread; cell < ${DEPTH * TILE}u; cell += ${TILE_THREADS}u) {
      ${along(attributes.transposeB)}
      let column = firstColumn + line;
      let k = start + depth;
      var value = 0.0;
      if (batch < ${batch}u && column < ${n}u && k < ${k}u) { value = b[${product.b('batch', 'k', 'column')}]; }
      blockB[depth * ${TILE}u + line] = value;
    }
    workgroupBarrier();
    let depths = min(${DEPTH}u, ${k}u - start);
    for (var depth = 0u; depth < depths; depth++) {
      let i = depth * ${TILE}u + myRow;
      let j = depth * ${TILE}u + myColumn;
      let right = vec4f(blockB[j], blockB[j + 1u], blockB[j + 2u], blockB[j + 3u]);
      sum0 += blockA[i] * right;
      sum1 += blockA[i + 1u] * right;
      sum2 += blockA[i + 2u] * right;
      sum3 += blockA[i + 3u] * right;
    }
    workgroupBarrier();
  }
  var sums = array<vec4f, 4>(sum0, sum1, sum2, sum3);
  if (batch >= ${batch}u) { return; }
  for (var row = firstRow + myRow; row < min(firstRow + myRow + 4u, ${m}u); row++) {
    for (var column = firstColumn + myColumn; column < min(firstColumn + myColumn + 4u, ${n}u); column++) {
      let at = vec4u(batch / ${leading}u, batch % ${leading}u, row, column);
      finish(at, (batch * ${m}u + row) * ${n}u + column, sums[row % 4u][column % 4u]);
    }
  }
}
`
  return { name: `matmul ${TILE}x${TILE}x${DEPTH}`, wgsl, workgroups }
}
