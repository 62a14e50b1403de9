// The cosine of the angle between two vectors of one length; 0 where one of them is zero.

export function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0]
  a.forEach((v, i) => {
    dot += v * b[i]!
    aa += v * v
    bb += b[i]! * b[i]!
  })
  return aa && bb ? dot / Math.sqrt(aa * bb) : 0
}
