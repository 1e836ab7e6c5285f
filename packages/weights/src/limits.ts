/** Trained weights hardly compress: a file that unpacks to more bytes for each of its own is there to exhaust the memory. */
export const MAX_BYTES_PER_STORED_BYTE = 16
