// Eight weights at a time for lib/eights, of a book of sixteen values (codeBook), packed as in book16: 16 bytes by one load.
#include quants/book-eights
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 32)
@group(0) @binding(1) var<storage, read> scales: array<f32>;       // (N * K / block)
const hasOffset = false;
const place = vec4f(1.0);
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn pairOct(c: u32) -> mat2x4f {
  return mat2x4f(levelOf(c >> 4u), levelOf(c), levelOf(c >> 12u), levelOf(c >> 8u),
    levelOf(c >> 20u), levelOf(c >> 16u), levelOf(c >> 28u), levelOf(c >> 24u));
}
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f { return pairOct(codes[n * (K / 32u) + b][w]); }
fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return vec2f(scales[(n * K + b * 32u) >> firstTrailingBit(block)], 0.0); }
// At once: one load of 16 bytes costs a CPU less than four of a word.
fn octsAt(n: u32, b: u32, K: u32) -> array<mat2x4f, 4> {
  let c = codes[n * (K / 32u) + b];
  return array<mat2x4f, 4>(pairOct(c.x), pairOct(c.y), pairOct(c.z), pairOct(c.w));
}
