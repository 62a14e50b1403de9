// ZIP files for tests, with lies in them where one is wanted.

interface Part {
  name: string
  text: string
  packed?: boolean
  /** the size it claims to have */
  says?: number
  flags?: number
  method?: number
}

export async function zip(parts: readonly Part[]): Promise<Uint8Array<ArrayBuffer>> {
  const files: Uint8Array[] = []
  const list: Uint8Array[] = []
  let at = 0
  for (const { name, text, packed = true, says, flags = 0, method = packed ? 8 : 0 } of parts) {
    const raw = new TextEncoder().encode(text)
    const stream = new Blob([raw]).stream().pipeThrough(new CompressionStream('deflate-raw'))
    const data = packed ? new Uint8Array(await new Response(stream).arrayBuffer()) : raw
    const title = new TextEncoder().encode(name)
    const local = new Uint8Array(30 + title.length)
    const entry = new Uint8Array(46 + title.length)
    const [a, b] = [new DataView(local.buffer), new DataView(entry.buffer)]
    a.setUint32(0, 0x04034b50, true)
    a.setUint16(26, title.length, true)
    local.set(title, 30)
    b.setUint32(0, 0x02014b50, true)
    b.setUint16(8, flags, true)
    b.setUint16(10, method, true)
    b.setUint32(20, data.length, true)
    b.setUint32(24, says ?? raw.length, true)
    b.setUint16(28, title.length, true)
    b.setUint32(42, at, true)
    entry.set(title, 46)
    files.push(local, data)
    list.push(entry)
    at += local.length + data.length
  }
  const end = new Uint8Array(22)
  const view = new DataView(end.buffer)
  view.setUint32(0, 0x06054b50, true)
  view.setUint16(10, parts.length, true)
  view.setUint32(16, at, true)
  return new Uint8Array(await new Blob([...files, ...list, end] as BlobPart[]).arrayBuffer())
}

/** A Word document with this body. */
export const docx = (body: string, packed = true): Promise<Uint8Array<ArrayBuffer>> =>
  zip([
    { name: '[Content_Types].xml', text: '<Types/>', packed },
    {
      name: 'word/document.xml',
      text: `<?xml version="1.0"?><w:document><w:body>${body}</w:body></w:document>`,
      packed,
    },
  ])
