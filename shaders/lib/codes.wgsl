// 32 whole numbers, a byte each, in the order of their columns: weights of a block, or numbers of x under one scale.
struct Codes { low: vec4u, high: vec4u }

fn dotCodes(a: Codes, b: Codes) -> i32 {
  return dot4I8Packed(a.low.x, b.low.x) + dot4I8Packed(a.low.y, b.low.y) + dot4I8Packed(a.low.z, b.low.z) + dot4I8Packed(a.low.w, b.low.w) +
    dot4I8Packed(a.high.x, b.high.x) + dot4I8Packed(a.high.y, b.high.y) + dot4I8Packed(a.high.z, b.high.z) + dot4I8Packed(a.high.w, b.high.w);
}
