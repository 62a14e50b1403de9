// matmul for many tokens on a GPU: x waits in workgroup memory, 16 tokens x 32 columns at a time, where all lanes read the same
// address (a broadcast, no bank conflict), 16 bytes for 16 products; weights never pass through it (lib/sixteen.wgsl). Two
// buffers take turns, so that a block needs one barrier. Grid: (T / 16, N / (rows threads)). K is a multiple of 32.
#include grid
#include step
#include words
#include matmul-params
#include matmul
#include sixteen
@group(0) @binding(2) var<storage, read> x: array<vec4f>;          // (T, K / 4)
@group(0) @binding(3) var<storage, read> bias: array<f32>;         // (N), or one unused word
@group(0) @binding(4) var<storage, read_write> y: array<f32>;      // (T, yStride)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;

var<workgroup> xs: array<vec4f, 256>;                              // (2, 16 tokens, 8 quads)
var<private> ownLane: u32;
var<private> ownToken: u32;

// Eight lanes read 128 bytes of a token.
fn stage(b: u32) {
  for (var j = ownLane; j < 128u; j += threads) {
    xs[(b & 1u) * 128u + j] = x[min(ownToken + j / 8u, step.T - 1u) * (params.K / 4u) + b * 8u + j % 8u];
  }
  workgroupBarrier();
}
fn four(at: u32) -> mat4x4f { return mat4x4f(xs[at], xs[at + 8u], xs[at + 16u], xs[at + 24u]); }
fn eightAt(b: u32, j: u32, h: u32) -> Eight {
  let at = (b & 1u) * 128u + h * 64u + j;
  return Eight(four(at), four(at + 32u));
}

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num);
  ownLane = lane;
  ownToken = firstToken(i);
  if (firstToken(i) >= step.T) { return; }
  prepareWords(lane, threads);
  sixteenTokens(i, lane);
}
