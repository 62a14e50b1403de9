// Weights as words, unsigned codes in groups of `block` columns, each with a pair of its own.
#include quants/grouped-codes
#include quants/block-of
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N, ceil(K codeBits / 32))
@group(0) @binding(1) var<storage, read> scales: array<vec2f>;     // (N, ceil(K / block)) pairs

fn groupAt(n: u32, g: u32, K: u32, block: u32) -> vec2f { return scaleAndOffset(scales[n * blockOf(K + block - 1u, block) + g]); }
fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let scale = groupAt(n, blockOf(k, block), K, block);
  return scale.x * codeAt(n, k, K) + scale.y;
}

const hasOffset = true;
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f { return octCodes(n, b, w, K); }
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return groupAt(n, blockOf(b * 32u, block), K, block); }
