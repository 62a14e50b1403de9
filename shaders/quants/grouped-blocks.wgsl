// 32 weights at a time, unsigned codes in groups of `block` columns, a multiple of 32 or the whole row.
#include quads
#include quants/grouped-scales
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K codeBits / 128)
const span: u32 = 32u;
fn prepareBlocks(lane: u32, threads: u32) {}

fn nibbles(word: u32) -> vec4f { return vec4f(vec4i((vec4u(word) >> vec4u(0u, 4u, 8u, 12u)) & vec4u(15u))); }
fn bytes(word: u32) -> vec4f { return vec4f(vec4i((vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u))); }

fn blockAt(n: u32, b: u32, K: u32) -> Quads {
  let i = n * (K * codeBits / 128u) + b * codeBits / 4u;
  let c = codes[i];
  if (codeBits == 4u) {
    return Quads(array<vec4f, 8>(nibbles(c.x), nibbles(c.x >> 16u), nibbles(c.y), nibbles(c.y >> 16u),
      nibbles(c.z), nibbles(c.z >> 16u), nibbles(c.w), nibbles(c.w >> 16u)));
  }
  let e = codes[i + 1u];
  return Quads(array<vec4f, 8>(bytes(c.x), bytes(c.y), bytes(c.z), bytes(c.w), bytes(e.x), bytes(e.y), bytes(e.z), bytes(e.w)));
}
