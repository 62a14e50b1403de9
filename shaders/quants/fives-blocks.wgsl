// The same, 32 at a time.
#include quads
#include quants/bytes
const span: u32 = 32u;
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N * K / 32, 5)
fn prepareBlocks(lane: u32, threads: u32) {}

fn fiveQuad(nibbles: u32, high: u32) -> vec4f { return byteQuad((nibbles & lowNibbles) | (spread(high) << 4u)) - centre; }
fn blockAt(n: u32, b: u32, K: u32) -> Quads {
  let i = (n * (K / 32u) + b) * 5u;
  let h = codes[i];
  let c = vec4u(codes[i + 1u], codes[i + 2u], codes[i + 3u], codes[i + 4u]);
  return Quads(array<vec4f, 8>(fiveQuad(c.x, h), fiveQuad(c.y, h >> 4u), fiveQuad(c.z, h >> 8u), fiveQuad(c.w, h >> 12u),
    fiveQuad(c.x >> 4u, h >> 16u), fiveQuad(c.y >> 4u, h >> 20u), fiveQuad(c.z >> 4u, h >> 24u), fiveQuad(c.w >> 4u, h >> 28u)));
}
