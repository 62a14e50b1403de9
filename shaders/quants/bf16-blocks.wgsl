// 32 weights at a time, bf16: two to a word.
#include quads
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 8)
const hasOffset = false;
const span: u32 = 32u;
fn prepareBlocks(lane: u32, threads: u32) {}

fn halves(a: u32, b: u32) -> vec4f { return bitcast<vec4f>(vec4u(a << 16u, a & 0xffff0000u, b << 16u, b & 0xffff0000u)); }

fn blockAt(n: u32, b: u32, K: u32) -> Quads {
  let i = n * (K / 8u) + b * 4u;
  let c = codes[i];
  let e = codes[i + 1u];
  let g = codes[i + 2u];
  let h = codes[i + 3u];
  return Quads(array<vec4f, 8>(halves(c.x, c.y), halves(c.z, c.w), halves(e.x, e.y), halves(e.z, e.w),
    halves(g.x, g.y), halves(g.z, g.w), halves(h.x, h.y), halves(h.z, h.w)));
}

fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return vec2f(1.0, 0.0); }
