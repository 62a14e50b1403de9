// y = act(gate) up:   dup = dy act(gate),   dgate = dy up act'(gate)
#include grid
#include step
#include act
#include training/lib/act-back
struct Params { F: u32, act: u32 }
@group(0) @binding(0) var<storage, read> gate: array<f32>;         // (T, F)
@group(0) @binding(1) var<storage, read> up: array<f32>;           // (T, F)
@group(0) @binding(2) var<storage, read> dy: array<f32>;           // (T, F)
@group(0) @binding(3) var<storage, read_write> dgate: array<f32>;  // (T, F)
@group(0) @binding(4) var<storage, read_write> dup: array<f32>;    // (T, F)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.F) { return; }
  dup[i] = dy[i] * act(params.act, gate[i]);
  dgate[i] = dy[i] * up[i] * slopeOf(params.act, gate[i]);
}
