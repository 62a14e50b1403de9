// 4-bit codes, byte i of a run of 32 holding column i in its low nibble and column i + 16 in its high one: 16 bytes by one
// load, every nibble left where it lies in its word: an AND and a conversion each, no shift (lib/eights.wgsl).
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 32)
const place = vec4f(1.0, 0.00390625, 0.0000152587890625, 5.9604644775390625e-8);
fn prepareEights(sg: u32) {}
fn octColumns(w: u32) -> vec2u { return vec2u(w, w + 4u); }
fn fourOf(word: u32) -> vec4f { return vec4f(vec4i(vec4u(word) & vec4u(0xfu, 0xf00u, 0xf0000u, 0xf000000u))); }
fn fourOct(word: u32) -> mat2x4f { return mat2x4f(fourOf(word), fourOf(word >> 4u)); }
fn octAt(n: u32, b: u32, w: u32, K: u32) -> mat2x4f { return fourOct(codes[n * (K / 32u) + b][w]); }
// At once: one load of 16 bytes costs a CPU less than four of a word.
fn octsAt(n: u32, b: u32, K: u32) -> array<mat2x4f, 4> {
  let c = codes[n * (K / 32u) + b];
  return array<mat2x4f, 4>(fourOct(c.x), fourOct(c.y), fourOct(c.z), fourOct(c.w));
}
