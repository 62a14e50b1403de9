// Does a file say of itself that it is whole? Only asked when no server vouched for its length.

import type { FileWriter } from './write.ts'

/** null when it is whole (or cannot tell), else why not. */
export async function checkWhole({ db, row }: Pick<FileWriter, 'db' | 'row'>): Promise<string | null> {
  const chunk = async (index: number): Promise<Uint8Array> => {
    const data = await db.run(`read "${row.name}"`, ['chunks'], 'readonly', (tx) =>
      tx.objectStore('chunks').get([row.model, row.name, index]),
    )
    return new Uint8Array(data instanceof Blob ? await data.arrayBuffer() : (data ?? new ArrayBuffer(0)))
  }
  if (row.size === 0) return 'it is empty'
  if (/\.json$/i.test(row.name)) {
    const text = new TextDecoder()
    let json = ''
    for (let i = 0; i < row.hashes.length; i++) json += text.decode(await chunk(i), { stream: true })
    try {
      JSON.parse(json + text.decode())
    } catch {
      return 'the JSON ends early'
    }
  }
  if (/\.safetensors$/i.test(row.name)) {
    const head = await chunk(0)
    const length = head.length < 8 ? 0 : Number(new DataView(head.buffer).getBigUint64(0, true))
    if (length === 0 || 8 + length > (row.size ?? 0)) return 'the header ends early'
    if (8 + length > head.length) return null // a header longer than a chunk: the loader will judge
    const text = new TextDecoder().decode(head.subarray(8, 8 + length))
    const end = Math.max(
      0,
      ...Array.from(text.matchAll(/"data_offsets"\s*:\s*\[\s*\d+\s*,\s*(\d+)\s*\]/g), (m) => Number(m[1])),
    )
    if (8 + length + end !== row.size) return `the header speaks of ${8 + length + end} bytes, there are ${row.size}`
  }
  return null
}
