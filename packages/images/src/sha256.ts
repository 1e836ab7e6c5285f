/**
 * SHA-256 of the given bytes in a row, hexadecimal.
 *
 * Works in Node and, in pages served from https or localhost, in browsers.
 */
export async function sha256(...parts: readonly Uint8Array<ArrayBuffer>[]): Promise<string> {
  const whole = await new Blob([...parts]).arrayBuffer()
  const digest = await crypto.subtle.digest('SHA-256', whole)
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
