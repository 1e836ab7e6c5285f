import { PHILOX } from './philox.ts'

const { rounds, multipliers, increments } = PHILOX

/**
 * WGSL of Philox 4x32-10, bit for bit what philox.ts computes:
 * `philox(counter: vec4u, key: vec2u) -> vec4u`, and `randomWords(block: u32, key: vec4u, draw: u32) -> vec4u`, the words of
 * elements 4*block to 4*block + 3 for a RandomKey (key0, key1, stream, offset).
 */
export const philoxFunctions = `
/** High 32 bits of the products of two pairs, from 16-bit halves. */
fn highProducts(a: vec2u, b: vec2u) -> vec2u {
  let aLow = a & vec2u(0xffff);
  let aHigh = a >> vec2u(16);
  let bLow = b & vec2u(0xffff);
  let bHigh = b >> vec2u(16);
  let first = aHigh * bLow + ((aLow * bLow) >> vec2u(16));
  let second = aLow * bHigh + (first & vec2u(0xffff));
  return aHigh * bHigh + (first >> vec2u(16)) + (second >> vec2u(16));
}

fn philox(counter: vec4u, key: vec2u) -> vec4u {
  let multipliers = vec2u(${multipliers.join(', ')});
  var words = counter;
  var roundKey = key;
  for (var round = 0u; round < ${rounds}u; round++) {
    let high = highProducts(multipliers, words.xz);
    let low = multipliers * words.xz;
    words = vec4u(high.y ^ words.y ^ roundKey.x, low.y, high.x ^ words.w ^ roundKey.y, low.x);
    roundKey += vec2u(${increments.join(', ')});
  }
  return words;
}

fn randomWords(block: u32, key: vec4u, draw: u32) -> vec4u {
  return philox(vec4u(block, key.w, key.z, draw), key.xy);
}
`
