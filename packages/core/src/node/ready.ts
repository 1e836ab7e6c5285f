/** Set in a process that has its environment, to what was decided for it (JSON), so that it is not started again. */
export const READY = 'NOISESCOPE_VULKAN_READY'
