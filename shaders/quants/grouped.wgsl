// Weights as words, unsigned codes in groups of `block` columns, each with a pair of its own.
#include quants/grouped-codes
#include quants/grouped-scales
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N, ceil(K codeBits / 32))

fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let scale = groupAt(n, blockOf(k, block), K, block);
  return scale.x * codeAt(n, k, K) + scale.y;
}

fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f { return octCodes(n, b, w, K); }
