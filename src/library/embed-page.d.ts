// src/player as one HTML file for an iframe (scripts/player.mjs); the package's build gives it (scripts/package.mjs).

declare module 'glassbox:embed-page' {
  const html: string
  export default html
}
