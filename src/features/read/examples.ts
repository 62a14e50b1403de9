// Texts to try, for what a model does.

/** @param fill texts with {mask} for the blank @param embed lines to compare */
export function examplesFor(kind: string, fill: readonly string[], embed: string, mask: string | null): string[] {
  if (kind === 'embed') return [embed]
  return kind === 'fill' && mask !== null ? fill.map((text) => text.replaceAll('{mask}', mask)) : []
}
