// In the place of outputs: y[t, n] = act(sum + bias[n]).
#include matmul-params
#include vectors
#include act
@group(0) @binding(4) var<storage, read_write> y: array<f32>;      // (T, F), F = N
@group(0) @binding(5) var<uniform> params: Params;

fn slots() -> u32 { return params.N; }
fn rowOf(slot: u32) -> u32 { return min(slot, params.N - 1u); }
fn putPair(t: u32, slot: u32, sums: vec2f) {
  for (var i = 0u; i < rolled(2u); i++) {                          // act is long
    let n = slot + i;
    if (n >= params.N || t >= step.T) { return; }
    var sum = sums[i];
    if (params.hasBias != 0u) { sum += vectorAt(params.biasAt + n); }
    y[t * params.F + n] = act(params.act, sum);
  }
}
fn finish(t: u32, group: u32, lane: u32) {}
