/** What the analyzer reads for custom-elements.json: see scripts/write-docs.ts. */
export const configuration = {
  globs: ['src/activation-viewer.ts', 'src/viewer-properties.ts'],
  litelement: true,
  // The field customElements in package.json stays as it is.
  packagejson: false,
  plugins: [contractOnly()],
}

// The analyzer takes its configuration as the default export alone.
// biome-ignore lint/style/noDefaultExport: see above
export default configuration

/** Leaves what a page can use: one element with what it inherits, without what is private or protected. */
function contractOnly() {
  return {
    name: 'contract-only',
    packageLinkPhase({ customElementsManifest }) {
      for (const each of customElementsManifest.modules) {
        for (const declaration of each.declarations) {
          declaration.members = declaration.members
            ?.filter(({ privacy }) => privacy === undefined || privacy === 'public')
            .map(plain)
          declaration.attributes = declaration.attributes?.map(plain)
          declaration.superclass = { name: 'LitElement', package: 'lit' }
        }
      }
      customElementsManifest.modules = customElementsManifest.modules.filter(({ path }) =>
        path.endsWith('activation-viewer.ts'),
      )
    },
  }
}

const plain = ({ inheritedFrom: _, privacy: __, ...rest }) => rest
