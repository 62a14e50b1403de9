// 32 codes at a time, for integer dot products: w = d * q, q int8, one d per 64.
#include codes
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 16)
@group(0) @binding(1) var<storage, read> scales: array<f32>;       // (N, ceil(K / 64))

fn codesAt(n: u32, b: u32, K: u32) -> Codes {
  let i = n * (K / 16u) + b * 2u;
  return Codes(codes[i], codes[i + 1u]);
}
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return vec2f(scales[n * ((K + 63u) / 64u) + b / 2u], 0.0); }
