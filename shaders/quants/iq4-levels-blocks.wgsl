// The same, 32 at a time; the levels lie in workgroup memory: 16 words in 16 banks, so that lanes never wait for each other.
#include quants/iq4-book
#include quads
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 32)
const hasOffset = false;
const span: u32 = 32u;

var<workgroup> iq4Table: array<f32, 16>;
fn prepareBlocks(lane: u32, threads: u32) {
  for (var i = lane; i < 16u; i += threads) { iq4Table[i] = iq4Codes[i]; }
  workgroupBarrier();
}

fn iq4Quad(word: u32) -> vec4f {
  let q = (vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(15u);
  return vec4f(iq4Table[q.x], iq4Table[q.y], iq4Table[q.z], iq4Table[q.w]);
}
fn blockAt(n: u32, b: u32, K: u32) -> Quads {
  let c = codes[n * (K / 32u) + b];
  return Quads(array<vec4f, 8>(iq4Quad(c.x), iq4Quad(c.y), iq4Quad(c.z), iq4Quad(c.w),
    iq4Quad(c.x >> 4u), iq4Quad(c.y >> 4u), iq4Quad(c.z >> 4u), iq4Quad(c.w >> 4u)));
}
