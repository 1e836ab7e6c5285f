import type { AdapterTraits } from './kernel.ts'

/** Whether an adapter is SwiftShader; any other software adapter is taken for lavapipe, for which the constants were fitted. */
export const isSwiftShader = ({ architecture }: AdapterTraits): boolean => architecture === 'swiftshader'

/**
 * Operations of a convolution that runs long enough to wait for larger kernels, or for four kernels instead of one. lavapipe's
 * compiler takes a second more for them, once; SwiftShader's a fifth of that, in every process.
 */
export const largeWork = (adapter: AdapterTraits): number => (isSwiftShader(adapter) ? 1e8 : 1e9)
