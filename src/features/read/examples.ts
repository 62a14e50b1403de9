// Texts to try: those of the model's own description; a model without one gets general ones for what it does.

export interface Example {
  text: string
  /** a second text: what a question is asked about */
  pair?: string
}
/** General texts by what a model does; {mask} stands for the blank. */
export type GeneralExamples = Readonly<Record<string, readonly Example[]>>

/**
 * @param kind what the model does @param own what its description says to try @param general for models without one
 * @param mask how it writes a blank @returns several lines to compare are one example
 */
export function examplesFor(
  kind: string,
  own: readonly string[] | undefined,
  general: GeneralExamples,
  mask: string | null,
): readonly Example[] {
  if (own && own.length > 0) return kind === 'embed' ? [{ text: own.join('\n') }] : own.map((text) => ({ text }))
  const given = general[kind] ?? []
  if (kind !== 'fill') return given
  return mask === null ? [] : given.map(({ text }) => ({ text: text.replaceAll('{mask}', mask) }))
}
