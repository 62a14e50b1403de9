// Unsigned codes of 4 bits in groups of `block` columns for lib/eights: nibbles left where they lie in their half of a word.
#include quants/grouped-scales
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 32)
const place = vec4f(1.0, 0.0625, 0.00390625, 0.000244140625);
fn prepareEights(sg: u32) {}
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn fourOf(word: u32) -> vec4f { return vec4f(vec4i(vec4u(word) & vec4u(0xfu, 0xf0u, 0xf00u, 0xf000u))); }
fn fourOct(word: u32) -> mat2x4f { return mat2x4f(fourOf(word), fourOf(word >> 16u)); }
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f { return fourOct(codes[n * (K / 32u) + b][w]); }
// At once: one load of 16 bytes costs a CPU less than four of a word.
fn octsAt(n: u32, b: u32, K: u32) -> array<mat2x4f, 4> {
  let c = codes[n * (K / 32u) + b];
  return array<mat2x4f, 4>(fourOct(c.x), fourOct(c.y), fourOct(c.z), fourOct(c.w));
}
