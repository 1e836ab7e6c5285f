/** The adapter of a device in words, the same for every library on it. */
export function adapterName({ adapterInfo }: Pick<GPUDevice, 'adapterInfo'>): string {
  const { vendor, architecture, device, description } = adapterInfo
  return [vendor, architecture, device, description].filter((part) => part !== '').join(', ')
}
