// Weights as words, FP8 E4M3: w = float(code) * scale, a scale per row and `block` columns.
#include quants/fp8-code
#include quants/block-of
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N, ceil(K / 4))
@group(0) @binding(1) var<storage, read> scales: array<f32>;       // (N, ceil(K / block))

fn weightAt(n: u32, k: u32, K: u32, block: u32) -> f32 {
  let values = floatsOf(codes[n * ((K + 3u) / 4u) + (k >> 2u)]);
  return values[k & 3u] * scales[n * blockOf(K + block - 1u, block) + blockOf(k, block)];
}

// Eight at a time.
const hasOffset = false;
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let i = n * (K / 4u) + b * 8u + w * 2u;
  return mat2x4f(floatsOf(codes[i]), floatsOf(codes[i + 1u]));
}
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f {
  return vec2f(scales[n * blockOf(K + block - 1u, block) + blockOf(b * 32u, block)], 0.0);
}
