// 32 weights at a time, FP8 E4M3: `block` is a multiple of 32 or the whole row.
#include quads
#include quants/fp8-code
#include quants/block-of
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 16)
@group(0) @binding(1) var<storage, read> scales: array<f32>;       // (N, ceil(K / block))
const hasOffset = false;
const span: u32 = 32u;
fn prepareBlocks(lane: u32, threads: u32) {}

fn blockAt(n: u32, b: u32, K: u32) -> Quads {
  let i = n * (K / 16u) + b * 2u;
  let c = codes[i];
  let e = codes[i + 1u];
  return Quads(array<vec4f, 8>(floatsOf(c.x), floatsOf(c.y), floatsOf(c.z), floatsOf(c.w),
    floatsOf(e.x), floatsOf(e.y), floatsOf(e.z), floatsOf(e.w)));
}

fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f {
  return vec2f(scales[n * blockOf(K + block - 1u, block) + blockOf(b * 32u, block)], 0.0);
}
