// y[t, i] = W[ids[t], i], or += where `accumulate` is 1
//
// One thread per element; W is dequantized from the buffer it shares with the head when tied.
// A weight split by rows over several buffers is gathered once per part: each part writes only
// the tokens whose row it holds.
#include grid
#include step
#include weights
struct Params { D: u32, block: u32, rowStart: u32, rows: u32, accumulate: u32 }
@group(0) @binding(2) var<storage, read> ids: array<u32>;          // (T)
@group(0) @binding(3) var<storage, read_write> y: array<f32>;      // (T, D)
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.D) { return; }
  let n = ids[i / params.D] - params.rowStart;
  if (n >= params.rows) { return; }
  let w = weightAt(n, i % params.D, params.D, params.block);
  y[i] = select(w, y[i] + w, params.accumulate != 0u);
}
