// Which rows of W a matmul of few tokens takes, and where their sums go. Other files may stand in this one's place (ops/op.ts
// Pass.parts): a thread owns an even number of neighbouring slots, multiplies the rows rowOf gives for them, and hands over
// their sums in pairs, the slot of the first an even one. Kernels whose threads meet call finish when all have, for each of
// the workgroups that take a row of x between them; a barrier may stand in it.
#include matmul-params
#include matmul
@group(0) @binding(3) var<storage, read> bias: array<f32>;         // (N), or one unused word
@group(0) @binding(4) var<storage, read_write> y: array<f32>;      // (T, yStride)
@group(0) @binding(5) var<uniform> params: Params;

fn slots() -> u32 { return params.N; }
// A row that is there, also of a slot that is not.
fn rowOf(slot: u32) -> u32 { return min(slot, params.N - 1u); }
// Ignores tokens and slots that are not there.
fn putPair(t: u32, slot: u32, sums: vec2f) {
  for (var i = 0u; i < rolled(2u); i++) { put(t, slot + i, sums[i]); }
}
fn finish(t: u32, group: u32, lane: u32) {}
