/** Whether models can run here, and whether the adapter lends its clock, so that their kernels can be timed. */
export type WebGpu =
  | { readonly usable: true; readonly canTime: boolean }
  | { readonly usable: false; readonly reason: string }

let answer: Promise<WebGpu> | undefined

/** Asks the browser for an adapter, once. */
export function askForWebGpu(): Promise<WebGpu> {
  answer ??= ask()
  return answer
}

async function ask(): Promise<WebGpu> {
  if (!('gpu' in navigator)) {
    const reason = isSecureContext
      ? 'This browser has no WebGPU.'
      : 'WebGPU is only there on pages that come over https or from this machine.'
    return { usable: false, reason }
  }
  const adapter = await navigator.gpu.requestAdapter().catch(() => null)
  return adapter === null
    ? { usable: false, reason: 'This browser knows WebGPU, but has no adapter for it.' }
    : { usable: true, canTime: adapter.features.has('timestamp-query') }
}
