// 32 weights at a time, int8: w = d * q, read as d * (q + 128) + m with m = -128 d,
// because shifting unsigned words is cheaper than extending signs.
#include quads
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 16)
@group(0) @binding(1) var<storage, read> scales: array<f32>;       // (N, ceil(K / 64))
const hasOffset = true;
fn prepareBlocks(lane: u32, threads: u32) {}

fn bytes(word: u32) -> vec4f { return vec4f(vec4i((vec4u(word ^ 0x80808080u) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u))); }

fn blockAt(n: u32, b: u32, K: u32) -> Quads {
  let i = n * (K / 16u) + b * 2u;
  let c = codes[i];
  let e = codes[i + 1u];
  return Quads(array<vec4f, 8>(bytes(c.x), bytes(c.y), bytes(c.z), bytes(c.w), bytes(e.x), bytes(e.y), bytes(e.z), bytes(e.w)));
}

fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return vec2f(1.0, -128.0) * scales[n * ((K + 63u) / 64u) + b / 2u]; }
