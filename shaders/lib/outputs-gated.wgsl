// In the place of outputs: y[t, f] = act(gate) * up, where gate is row f of W and up row F + f: together a pair of slots.
#include matmul-params
#include vectors
#include act
@group(0) @binding(4) var<storage, read_write> y: array<f32>;      // (T, F)
@group(0) @binding(5) var<uniform> params: Params;

fn slots() -> u32 { return 2u * params.F; }
fn rowOf(slot: u32) -> u32 { return min(slot / 2u + (slot & 1u) * params.F, params.N - 1u); }
fn putPair(t: u32, slot: u32, sums: vec2f) {
  let f = slot / 2u;
  if (f >= params.F || t >= step.T) { return; }
  var gate = sums.x;
  var up = sums.y;
  if (params.hasBias != 0u) {
    gate += vectorAt(params.biasAt + f);
    up += vectorAt(params.biasAt + params.F + f);
  }
  y[t * params.F + f] = act(params.act, gate) * up;
}
fn finish(t: u32, group: u32, lane: u32) {}
