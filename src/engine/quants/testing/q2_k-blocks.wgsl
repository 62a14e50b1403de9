// 32 weights at a time, ggml Q2_K in planes (q2_k.ts): two scales in each run.
#include quads
@group(0) @binding(0) var<storage, read> codes: array<vec2u>;      // (N, K / 32)
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 256, 5)
const hasOffset = true;
const span: u32 = 16u;
fn prepareBlocks(lane: u32, threads: u32) {}

fn fours(word: u32) -> vec4f { return vec4f((vec4u(word) >> vec4u(0u, 2u, 4u, 6u)) & vec4u(3u)); }

fn blockAt(n: u32, b: u32, K: u32) -> Quads {
  let c = codes[n * (K / 32u) + b];
  return Quads(array<vec4f, 8>(fours(c.x), fours(c.x >> 8u), fours(c.x >> 16u), fours(c.x >> 24u),
    fours(c.y), fours(c.y >> 8u), fours(c.y >> 16u), fours(c.y >> 24u)));
}

fn scaleAt(n: u32, s: u32, K: u32, block: u32) -> vec2f {
  let g = n * (K / 16u) + s;
  let base = g / 16u * 5u;
  let byte = (scales[base + (g & 15u) / 4u] >> ((g & 3u) * 8u)) & 255u;
  return unpack2x16float(scales[base + 4u]) * vec2f(f32(byte & 15u), -f32(byte >> 4u));
}
