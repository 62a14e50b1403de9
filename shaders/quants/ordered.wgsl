// Weights as words, unsigned codes, every column with a group of its own (act-order): w = scale * (q - zero).
#include quants/grouped-codes
#include quants/grouped-ordered
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N, ceil(K codeBits / 32))
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (K) groups, then (N, groups) pairs

fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let at = pairsAt(n, k, K);
  return bitcast<f32>(scales[at]) * (codeAt(n, k, K) - bitcast<f32>(scales[at + 1u]));
}

const hasOffset = false;
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let q = octCodes(n, b, w, K);
  let k = b * 32u + w * 8u;
  return mat2x4f(fourAt(n, k, K, q[0]), fourAt(n, k + 4u, K, q[1]));
}
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return vec2f(1.0, 0.0); }
