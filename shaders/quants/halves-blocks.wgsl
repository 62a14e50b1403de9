// 32 weights at a time of a format with two scales in them: two words or three of each half, from octLevels.
#include quads
const span: u32 = 16u;
fn prepareBlocks(lane: u32, threads: u32) {}
fn scaleAt(n: u32, s: u32, K: u32, block: u32) -> vec2f { return halfScale(n, s, K); }
fn blockAt(n: u32, b: u32, K: u32) -> Quads {
  let a = octLevels(n, b, 0u, K);
  let c = octLevels(n, b, 1u, K);
  let e = octLevels(n, b, 2u, K);
  let g = octLevels(n, b, 3u, K);
  return Quads(array<vec4f, 8>(a[0], a[1], c[0], c[1], e[0], e[1], g[0], g[1]));
}
