// The tensors of a safetensors file, all of f32. For tests only.

export function f32Tensors(bytes: Uint8Array): Map<string, Float32Array> {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
    string,
    { data_offsets: [number, number] }
  >
  return new Map(
    Object.entries(header).flatMap(([name, entry]) => {
      if (name === '__metadata__') return []
      const [from, to] = entry.data_offsets
      // of a Buffer, slice() would be a view
      return [[name, new Float32Array(new Uint8Array(bytes.subarray(8 + length + from, 8 + length + to)).buffer)]]
    }),
  )
}
