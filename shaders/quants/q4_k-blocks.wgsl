// 32 weights at a time, ggml Q4_K in planes: w = d s q - dmin m.
#include quads
#include quants/bytes
#include quants/k-scales
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 32)
const hasOffset = true;
const span: u32 = 32u;
fn prepareBlocks(lane: u32, threads: u32) {}

fn nibbles(word: u32) -> vec4f { return byteQuad(word & lowNibbles); }
fn blockAt(n: u32, b: u32, K: u32) -> Quads {
  let c = codes[n * (K / 32u) + b];
  return Quads(array<vec4f, 8>(nibbles(c.x), nibbles(c.y), nibbles(c.z), nibbles(c.w),
    nibbles(c.x >> 4u), nibbles(c.y >> 4u), nibbles(c.z >> 4u), nibbles(c.w >> 4u)));
}
