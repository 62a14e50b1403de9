// 32 weights at a time, unsigned codes, every column with a group of its own.
#include quads
#include quants/grouped-codes
#include quants/grouped-ordered
@group(0) @binding(0) var<storage, read> codes: array<u32>;        // (N, K codeBits / 32)
@group(0) @binding(1) var<storage, read> scales: array<u32>;       // (K) groups, then (N, groups) pairs
const hasOffset = false;
const span: u32 = 32u;
fn prepareBlocks(lane: u32, threads: u32) {}

fn blockAt(n: u32, b: u32, K: u32) -> Quads {
  var out: Quads;
  for (var w = 0u; w < 4u; w++) {
    let q = octCodes(n, b, w, K);
    let k = b * 32u + w * 8u;
    out.q[2u * w] = fourAt(n, k, K, q[0]);
    out.q[2u * w + 1u] = fourAt(n, k + 4u, K, q[1]);
  }
  return out;
}

fn scaleAt(n: u32, s: u32, K: u32, block: u32) -> vec2f { return vec2f(1.0, 0.0); }
