// Levels of IQ4 codes for lib/eights.
#include quants/iq4-book
const codeBook = iq4Codes;
#include quants/book-eights
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 32)
const hasOffset = false;
const place = vec4f(1.0);
fn octColumns(w: u32) -> vec2u { return vec2u(w, w + 4u); }
fn levelOct(c: u32) -> mat2x4f {
  return mat2x4f(levelOf(c), levelOf(c >> 8u), levelOf(c >> 16u), levelOf(c >> 24u),
    levelOf(c >> 4u), levelOf(c >> 12u), levelOf(c >> 20u), levelOf(c >> 28u));
}
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f { return levelOct(codes[n * (K / 32u) + b][w]); }
// At once: one load of 16 bytes costs a CPU less than four of a word.
fn octsAt(n: u32, b: u32, K: u32) -> array<mat2x4f, 4> {
  let c = codes[n * (K / 32u) + b];
  return array<mat2x4f, 4>(levelOct(c.x), levelOct(c.y), levelOct(c.z), levelOct(c.w));
}
