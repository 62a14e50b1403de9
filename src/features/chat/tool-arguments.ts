// A call's arguments as rows: texts as they are, everything else as JSON. Pure.

/** Characters of one value that are shown, and rows of one call. */
const longest = 2000,
  most = 100

/** @returns null where the text is no JSON object: then it is shown as it is */
export function argumentsOf(json: string): { key: string; value: string }[] | null {
  try {
    const given: unknown = JSON.parse(json)
    if (given === null || typeof given !== 'object' || Array.isArray(given)) return null
    return Object.entries(given)
      .slice(0, most)
      .map(([key, value]: [string, unknown]) => {
        const said = typeof value === 'string' ? value : JSON.stringify(value)
        return { key, value: said.length > longest ? `${said.slice(0, longest)}…` : said }
      })
  } catch {
    return null
  }
}
