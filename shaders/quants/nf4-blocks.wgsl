// 32 weights at a time, NF4: K and `block` are multiples of 32.
// w[k] = scaleAt.x * blockAt[k]; call prepareBlocks first. Element pairs lie in one byte, the EVEN one in the HIGH nibble.
#include quants/nf4-book
#include quads
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 32)
@group(0) @binding(1) var<storage, read> scales: array<f32>;       // (N * K / block)
const hasOffset = false;
const span: u32 = 32u;

// The code book lies in workgroup memory: 16 words in 16 banks, so that lanes never wait for each other.
var<workgroup> nf4Table: array<f32, 16>;
fn prepareBlocks(lane: u32, threads: u32) {
  for (var i = lane; i < 16u; i += threads) { nf4Table[i] = nf4Codes[i]; }
  workgroupBarrier();
}

fn nf4Quad(half: u32) -> vec4f {
  let q = (vec4u(half) >> vec4u(4u, 0u, 12u, 8u)) & vec4u(15u);
  return vec4f(nf4Table[q.x], nf4Table[q.y], nf4Table[q.z], nf4Table[q.w]);
}

fn blockAt(n: u32, b: u32, K: u32) -> Quads {
  let c = codes[n * (K / 32u) + b];
  return Quads(array<vec4f, 8>(nf4Quad(c.x), nf4Quad(c.x >> 16u), nf4Quad(c.y), nf4Quad(c.y >> 16u),
    nf4Quad(c.z), nf4Quad(c.z >> 16u), nf4Quad(c.w), nf4Quad(c.w >> 16u)));
}

fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return vec2f(scales[(n * K + b * 32u) / block], 0.0); }
