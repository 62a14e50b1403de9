// 32 weights at a time, ggml TQ2_0 in planes (tq2_0.ts).
#include quads
@group(0) @binding(0) var<storage, read> codes: array<vec2u>;      // (N, K / 32)
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 512) pairs of f16 d
const hasOffset = true;
const span: u32 = 32u;
fn prepareBlocks(lane: u32, threads: u32) {}

fn fours(word: u32) -> vec4f { return vec4f((vec4u(word) >> vec4u(0u, 2u, 4u, 6u)) & vec4u(3u)); }

fn blockAt(n: u32, b: u32, K: u32) -> Quads {
  let c = codes[n * (K / 32u) + b];
  return Quads(array<vec4f, 8>(fours(c.x), fours(c.x >> 8u), fours(c.x >> 16u), fours(c.x >> 24u),
    fours(c.y), fours(c.y >> 8u), fours(c.y >> 16u), fours(c.y >> 24u)));
}

fn scaleAt(n: u32, s: u32, K: u32, block: u32) -> vec2f {
  let i = n * (K / 256u) + s / 8u;
  return vec2f(1.0, -1.0) * unpack2x16float(scales[i / 2u] >> ((i & 1u) * 16u)).x;
}
