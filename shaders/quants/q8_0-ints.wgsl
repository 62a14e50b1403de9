// 32 codes at a time, for integer dot products: w = d * q, q int8.
#include codes
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 16)
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 64) pairs of f16 d

fn codesAt(n: u32, b: u32, K: u32) -> Codes {
  let i = n * (K / 16u) + b * 2u;
  return Codes(codes[i], codes[i + 1u]);
}
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f {
  let i = n * (K / 32u) + b;
  return vec2f(unpack2x16float(scales[i >> 1u] >> ((i & 1u) * 16u)).x, 0.0);
}
