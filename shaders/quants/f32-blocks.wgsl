// 32 weights at a time, f32.
#include quads
@group(0) @binding(0) var<storage, read> codes: array<vec4f>;      // (N, K / 4)
const hasOffset = false;
const span: u32 = 32u;
fn prepareBlocks(lane: u32, threads: u32) {}

fn blockAt(n: u32, b: u32, K: u32) -> Quads {
  let i = n * (K / 4u) + b * 8u;
  return Quads(array<vec4f, 8>(codes[i], codes[i + 1u], codes[i + 2u], codes[i + 3u], codes[i + 4u], codes[i + 5u], codes[i + 6u], codes[i + 7u]));
}

fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return vec2f(1.0, 0.0); }
