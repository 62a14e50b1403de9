// 32 weights at a time, f16: two to a word.
#include quads
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 8)
const hasOffset = false;
const span: u32 = 32u;
fn prepareBlocks(lane: u32, threads: u32) {}

fn halves(a: u32, b: u32) -> vec4f { return vec4f(unpack2x16float(a), unpack2x16float(b)); }

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
