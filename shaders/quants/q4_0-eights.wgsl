// Eight weights at a time for lib/eights, ggml Q4_0 in planes: w = d (q - 8).
#include quants/fours-eights
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 64) pairs of f16 d
const hasOffset = true;
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f {
  let i = n * (K / 32u) + b;
  return vec2f(1.0, -8.0) * unpack2x16float(scales[i >> 1u] >> ((i & 1u) * 16u)).x;
}
