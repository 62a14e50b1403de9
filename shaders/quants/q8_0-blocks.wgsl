// 32 weights at a time, int8: w = d * q.
#include quads
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 16)
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (N * K / 64) pairs of f16 d
const hasOffset = false;
const span: u32 = 32u;
fn prepareBlocks(lane: u32, threads: u32) {}

fn bytes(word: u32) -> vec4f { return vec4f((vec4i(bitcast<i32>(word)) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u)); }

fn blockAt(n: u32, b: u32, K: u32) -> Quads {
  let i = n * (K / 16u) + b * 2u;
  let c = codes[i];
  let e = codes[i + 1u];
  return Quads(array<vec4f, 8>(bytes(c.x), bytes(c.y), bytes(c.z), bytes(c.w), bytes(e.x), bytes(e.y), bytes(e.z), bytes(e.w)));
}

fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f {
  let i = n * (K / 32u) + b;
  return vec2f(unpack2x16float(scales[i >> 1u] >> ((i & 1u) * 16u)).x, 0.0);
}
