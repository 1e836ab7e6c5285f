/** An orientation in an XMP packet, as an attribute or an element (TIFF properties, XMP specification part 2). */
const ORIENTATION = /(tiff:Orientation(?:\s*=\s*["']|>)\s*)[1-8]/g

/** The packet for the picture after it was turned upright: its orientation is 1, all else stays byte for byte. */
export function uprightXmp(xmp: Uint8Array): Uint8Array {
  // One character a byte, so that nothing else changes.
  let text = ''
  for (const byte of xmp) text += String.fromCharCode(byte)
  return Uint8Array.from(text.replace(ORIENTATION, '$11'), (letter) => letter.charCodeAt(0))
}
