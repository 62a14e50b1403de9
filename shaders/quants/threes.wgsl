// 3-bit codes: three words for 32 columns. Of each half a word as in twos, then half a word of high bits, bit k of column k.
#include quants/bytes
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N * K / 32, 3)

// Low bits and high bits of a half, h = 0 or 1.
fn halfCodes(n: u32, b: u32, h: u32, K: u32) -> vec2u {
  let i = (n * (K / 32u) + b) * 3u;
  let middle = codes[i + 1u];
  if (h == 0u) { return vec2u(codes[i], middle & 0xffffu); }
  let last = codes[i + 2u];
  return vec2u((middle >> 16u) | (last << 16u), last >> 16u);
}
fn codeAt(n: u32, k: u32, K: u32) -> u32 {
  let c = halfCodes(n, k >> 5u, (k >> 4u) & 1u, K);
  return ((c.x >> ((k & 3u) * 8u + ((k >> 2u) & 3u) * 2u)) & 3u) | (((c.y >> (k & 15u)) & 1u) << 2u);
}
fn threeQuad(low: u32, high: u32) -> vec4f { return byteQuad((low & lowPairs) | (spread(high) << 2u)) - 4.0; }
fn octColumns(w: u32) -> vec2u { return vec2u(2u * w, 2u * w + 1u); }
fn octLevels(n: u32, b: u32, w: u32, K: u32) -> mat2x4f {
  let c = halfCodes(n, b, w / 2u, K) >> ((w & 1u) * vec2u(4u, 8u));
  return mat2x4f(threeQuad(c.x, c.y), threeQuad(c.x >> 2u, c.y >> 4u));
}
