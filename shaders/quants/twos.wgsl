// 2-bit codes: a word for 16 columns, bits 2 q of its byte j those of column 4 q + j.
#include quants/bytes
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N * K / 16)

fn codeAt(n: u32, k: u32, K: u32) -> u32 {
  return (codes[n * (K / 16u) + (k >> 4u)] >> ((k & 3u) * 8u + ((k >> 2u) & 3u) * 2u)) & 3u;
}
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn octLevels(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let c = codes[n * (K / 16u) + b * 2u + w / 2u] >> ((w & 1u) * 4u);
  return mat2x4f(byteQuad(c & lowPairs), byteQuad((c >> 2u) & lowPairs));
}
