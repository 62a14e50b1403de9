// The body of an answer, as far as anybody wants it: a server may send without end.

/** Leaving the loop ends the request. Not every browser can walk over a body by itself. */
export async function* partsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body.getReader()
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value
  } finally {
    void reader.cancel().catch(() => undefined)
  }
}

/** Its text up to the part with which it has more than `most` characters: what comes after is not read. */
export async function textUpTo({ body }: Response, most: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  if (!body) return text
  for await (const part of partsOf(body)) {
    text += decoder.decode(part, { stream: true })
    if (text.length > most) return text
  }
  return text + decoder.decode()
}
