// 32 weights at a time, a book of sixteen values: K is a multiple of 32, `block` a power of two from 32 on.
// w[k] = scaleAt.x * blockAt[k]; call prepareBlocks first. Element pairs lie in one byte, the EVEN one in the HIGH nibble.
#include quads
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 32)
@group(0) @binding(1) var<storage, read> scales: array<f32>;       // (N * K / block)
const hasOffset = false;
const span: u32 = 32u;

// The code book lies in workgroup memory: 16 words in 16 banks, so that lanes never wait for each other.
var<workgroup> bookTable: array<f32, 16>;
fn prepareBlocks(lane: u32, threads: u32) {
  for (var i = lane; i < 16u; i += threads) { bookTable[i] = codeBook[i]; }
  workgroupBarrier();
}

fn bookQuad(half: u32) -> vec4f {
  let q = (vec4u(half) >> vec4u(4u, 0u, 12u, 8u)) & vec4u(15u);
  return vec4f(bookTable[q.x], bookTable[q.y], bookTable[q.z], bookTable[q.w]);
}

fn blockAt(n: u32, b: u32, K: u32) -> Quads {
  let c = codes[n * (K / 32u) + b];
  return Quads(array<vec4f, 8>(bookQuad(c.x), bookQuad(c.x >> 16u), bookQuad(c.y), bookQuad(c.y >> 16u),
    bookQuad(c.z), bookQuad(c.z >> 16u), bookQuad(c.w), bookQuad(c.w >> 16u)));
}

fn scaleAt(n: u32, b: u32, K: u32, block: u32) -> vec2f { return vec2f(scales[(n * K + b * 32u) >> firstTrailingBit(block)], 0.0); }
