// kCache[h, pos + t] = k[t, h];  vCache[h, pos + t] = v[t, h]
//
// One thread per element. Rows past the cache's end are dropped.
#include grid
#include step
struct Params { K: u32, d: u32, C: u32 }
@group(0) @binding(0) var<storage, read> k: array<f32>;            // (T, K, d)
@group(0) @binding(1) var<storage, read> v: array<f32>;            // (T, K, d)
@group(0) @binding(2) var<storage, read_write> kCache: array<f32>; // (K, C, d)
@group(0) @binding(3) var<storage, read_write> vCache: array<f32>; // (K, C, d)
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  let width = params.K * params.d;
  if (i >= step.T * width) { return; }
  let row = step.pos + i / width;
  if (row >= params.C) { return; }
  let h = i % width / params.d;
  let at = (h * params.C + row) * params.d + i % params.d;
  kCache[at] = k[i];
  vCache[at] = v[i];
}
