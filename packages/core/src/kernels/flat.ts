import type { Kernel } from './kernel.ts'
import { dispatchFor } from './kernel.ts'

const WORKGROUP_SIZE = 64

/** A kernel of `threads` independent threads: the body is WGSL over `id: u32`, its flat index. */
export function flatKernel(name: string, threads: number, declarations: string, body: string): Kernel {
  const { workgroups, linear } = dispatchFor(threads, WORKGROUP_SIZE)
  const wgsl = `${declarations}

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(global_invocation_id) global: vec3u) {
  ${linear}
  if (id >= ${threads}u) { return; }
${body}
}
`
  return { name, wgsl, workgroups }
}
