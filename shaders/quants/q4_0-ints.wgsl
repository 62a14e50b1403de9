// 32 codes at a time, for integer dot products: w = d * q - 8 d, q from 0 to 15.
// Byte i of a block holds weight i in its low nibble and weight i + 16 in its high one.
#include codes
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 32)
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 64) pairs of f16 d

fn codesAt(n: u32, b: u32, K: u32) -> Codes {
  let c = codes[n * (K / 32u) + b];
  return Codes(c & vec4u(0x0f0f0f0fu), (c >> vec4u(4u)) & vec4u(0x0f0f0f0fu));
}
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f {
  let i = n * (K / 32u) + b;
  return vec2f(1.0, -8.0) * unpack2x16float(scales[i >> 1u] >> ((i & 1u) * 16u)).x;
}
