// toEqual for arrays of numbers: vitest looks at their elements one by one, 5 microseconds each. Where all bits are the same they
// are equal; where not, vitest decides as before and says what differs.
import { expect } from 'vitest'

const bytesOf = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)

/** true, or undefined: no opinion */
function sameBits(a, b) {
  if (!ArrayBuffer.isView(a) || !ArrayBuffer.isView(b) || a.constructor !== b.constructor) return undefined
  return a.byteLength === b.byteLength && Buffer.compare(bytesOf(a), bytesOf(b)) === 0 ? true : undefined
}

// files that share a process share the list too
const added = Symbol.for('glassbox sameBits')
if (!globalThis[added]) expect.addEqualityTesters([sameBits])
globalThis[added] = true
