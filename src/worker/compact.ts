// What is sent owns its bytes.

/** A copy whose arrays own exactly their bytes: a view's whole buffer would cross the wall. */
export function compact<T>(value: T): T {
  if (ArrayBuffer.isView(value)) {
    return (
      value.byteLength < value.buffer.byteLength && 'slice' in value ? (value as unknown as Uint8Array).slice() : value
    ) as T
  }
  if (Array.isArray(value)) return value.map(compact) as T
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, compact(inner)])) as T
  }
  return value
}
