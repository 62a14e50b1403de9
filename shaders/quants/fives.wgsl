// 5-bit codes: a word of high bits, bit k of column k; then byte i holds the low bits of column i in its low nibble, those
// of column i + 16 in its high one. level = code - centre.
#include quants/bytes
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N * K / 32, 5)

fn codeAt(n: u32, k: u32, K: u32) -> u32 {
  let i = (n * (K / 32u) + (k >> 5u)) * 5u;
  let low = (codes[i + 1u + ((k & 15u) >> 2u)] >> ((k & 3u) * 8u + (k & 16u) / 4u)) & 15u;
  return low | (((codes[i] >> (k & 31u)) & 1u) << 4u);
}
fn octColumns(w: u32) -> vec2u { return vec2u(w, w + 4u); }
fn levelOf(code: u32) -> f32 { return f32(code) - centre; }
fn octLevels(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let i = (n * (K / 32u) + b) * 5u;
  let high = codes[i] >> (4u * w);
  let c = codes[i + 1u + w];
  return mat2x4f(
    byteQuad((c & lowNibbles) | (spread(high) << 4u)) - centre,
    byteQuad(((c >> 4u) & lowNibbles) | (spread(high >> 16u) << 4u)) - centre);
}
