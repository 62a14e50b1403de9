// 6-bit codes: three words for 16 columns. The high two bits as in twos; then byte j of the second word: columns j (low
// nibble) and j + 4, of the third: columns j + 8 and j + 12.
#include quants/bytes
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N * K / 16, 3)

fn codeAt(n: u32, k: u32, K: u32) -> u32 {
  let i = (n * (K / 16u) + (k >> 4u)) * 3u;
  let byte = (k & 3u) * 8u;
  let low = (codes[i + 1u + ((k >> 3u) & 1u)] >> (byte + (k & 4u))) & 15u;
  return low | (((codes[i] >> (byte + ((k >> 2u) & 3u) * 2u)) & 3u) << 4u);
}
fn sixQuad(nibbles: u32, high: u32) -> vec4f { return byteQuad((nibbles & lowNibbles) | ((high & lowPairs) << 4u)) - 32.0; }
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn octLevels(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let i = (n * (K / 16u) + b * 2u + w / 2u) * 3u;
  let high = codes[i] >> ((w & 1u) * 4u);
  let c = codes[i + 1u + (w & 1u)];
  return mat2x4f(sixQuad(c, high), sixQuad(c >> 4u, high >> 2u));
}
