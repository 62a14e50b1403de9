// 32 codes at a time, for integer dot products: w = d * q + m, q from 0 to 15.
// Byte i of a block holds weight i in its low nibble and weight i + 16 in its high one.
#include codes
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 32)
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 32) pairs (d, m) of f16

fn codesAt(n: u32, b: u32, K: u32) -> Codes {
  let c = codes[n * (K / 32u) + b];
  return Codes(c & vec4u(0x0f0f0f0fu), (c >> vec4u(4u)) & vec4u(0x0f0f0f0fu));
}
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return unpack2x16float(scales[n * (K / 32u) + b]); }
