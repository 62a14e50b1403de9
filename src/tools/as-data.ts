/**
 * A call's arguments as chat templates want them, which write them out again: as data. What is no JSON object stays the text that
 * it is.
 */
export function argumentsAsData(json: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : json
  } catch {
    return json
  }
}
