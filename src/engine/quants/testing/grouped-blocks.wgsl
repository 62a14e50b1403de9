// 32 weights at a time, int8 with a group per column (grouped.ts).
#include quads
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N, K / 4)
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (K) groups, then (N, K / 32) f32
const hasOffset = false;
const span: u32 = 32u;
fn prepareBlocks(lane: u32, threads: u32) {}

fn fourAt(n: u32, k: u32, K: u32) -> vec4f {
  let q = vec4f((vec4i(bitcast<i32>(codes[n * (K / 4u) + k / 4u])) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u));
  let groups = K / 32u;
  let at = K + n * groups + vec4u(scales[k], scales[k + 1u], scales[k + 2u], scales[k + 3u]) % groups;
  return q * bitcast<vec4f>(vec4u(scales[at.x], scales[at.y], scales[at.z], scales[at.w]));
}

fn blockAt(n: u32, b: u32, K: u32) -> Quads {
  let k = b * 32u;
  return Quads(array<vec4f, 8>(fourAt(n, k, K), fourAt(n, k + 4u, K), fourAt(n, k + 8u, K), fourAt(n, k + 12u, K),
    fourAt(n, k + 16u, K), fourAt(n, k + 20u, K), fourAt(n, k + 24u, K), fourAt(n, k + 28u, K)));
}

fn scaleAt(n: u32, s: u32, K: u32, block: u32) -> vec2f { return vec2f(1.0, 0.0); }
