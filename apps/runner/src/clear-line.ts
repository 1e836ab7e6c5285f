import { clearLine, cursorTo } from 'node:readline'

/** Writes where a bar stands, which is drawn anew a moment later. */
export function onClearLine(write: () => void): void {
  if (process.stderr.isTTY) {
    cursorTo(process.stderr, 0)
    clearLine(process.stderr, 0)
  }
  write()
}
