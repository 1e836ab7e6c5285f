import { spawn } from 'node:child_process'

/** Opens an address in the browser of whoever sits at this machine, where there is one; that there is none is no failure. */
export function openInBrowser(url: string): void {
  const command = opener(url)
  if (command === undefined) return
  const [program, ...args] = command
  spawn(program, args, { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref()
}

function opener(url: string): [string, ...string[]] | undefined {
  switch (process.platform) {
    case 'darwin':
      return ['open', url]
    case 'win32':
      // Not `start`, to whose shell an ampersand means something.
      return ['rundll32', 'url.dll,FileProtocolHandler', url]
    default: {
      const { DISPLAY, WAYLAND_DISPLAY } = process.env
      // Without a screen it would start a browser for terminals.
      return DISPLAY || WAYLAND_DISPLAY ? ['xdg-open', url] : undefined
    }
  }
}
