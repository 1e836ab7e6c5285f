/** Saves content as a file of whoever is at the page. */
export function saveFile(content: Uint8Array | string, name: string): void {
  const anchor = document.createElement('a')
  anchor.href = URL.createObjectURL(new Blob([content as BlobPart]))
  anchor.download = name
  anchor.click()
  // The download holds its data by the next task.
  setTimeout(() => URL.revokeObjectURL(anchor.href))
}
