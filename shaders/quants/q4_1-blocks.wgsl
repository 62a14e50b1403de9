// 32 weights at a time, ggml Q4_1 in planes: w = d * q + m.
// Byte i of a block holds weight i in its low nibble and weight i + 16 in its high one.
#include quads
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 32)
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 32) pairs (d, m) of f16
const hasOffset = true;
const span: u32 = 32u;
fn prepareBlocks(lane: u32, threads: u32) {}

fn nibbles(word: u32) -> vec4f { return vec4f(vec4i((vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(15u))); }

fn blockAt(n: u32, b: u32, K: u32) -> Quads {
  let c = codes[n * (K / 32u) + b];
  return Quads(array<vec4f, 8>(nibbles(c.x), nibbles(c.y), nibbles(c.z), nibbles(c.w),
    nibbles(c.x >> 4u), nibbles(c.y >> 4u), nibbles(c.z >> 4u), nibbles(c.w >> 4u)));
}

fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return unpack2x16float(scales[n * (K / 32u) + b]); }
