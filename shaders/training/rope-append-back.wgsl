// The gradients of queries, keys and values, as attention read them, put together as those of the projection they were cut
// from, queries and keys turned back:
//   dqkv[t, h]         = unrotate(dq[t, h])  h < H
//   dqkv[t, H + h]     = unrotate(dkv[t, h]) h < K
//   dqkv[t, H + K + h] = dkv[t, K + h]
//
// One thread per element.
#include grid
#include step
struct Params { H: u32, K: u32, d: u32, r: u32, interleaved: u32, sections: u32, C: u32 }
@group(0) @binding(0) var<storage, read> dq: array<f32>;           // (T, H, d)
@group(0) @binding(1) var<storage, read> dkv: array<f32>;          // (T, 2K, d)
@group(0) @binding(2) var<storage, read> table: array<vec2f>;      // (C, r/2) cos, sin
@group(0) @binding(3) var<storage, read_write> dqkv: array<f32>;   // (T, H + 2K, d)
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<uniform> step: Step;

fn given(h: u32, t: u32, j: u32) -> f32 {
  if (h < params.H) { return dq[(t * params.H + h) * params.d + j]; }
  return dkv[(t * 2u * params.K + h - params.H) * params.d + j];
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  let heads = params.H + 2u * params.K;
  if (i >= step.T * heads * params.d) { return; }
  let j = i % params.d;
  let h = i / params.d % heads;
  let t = i / params.d / heads;
  if (j >= params.r || h >= params.H + params.K) {
    dqkv[i] = given(h, t, j);
    return;
  }
  let pairs = params.r / 2u;
  let half = pairs / params.sections;
  let split = params.interleaved == 0u;
  let isFirst = select(j % 2u == 0u, j / half % 2u == 0u, split);
  let away = select(1u, half, split);
  let other = select(j - away, j + away, isFirst);
  let pair = select(j / 2u, j / (2u * half) * half + j % half, split);
  let turn = table[(step.pos + t) * pairs + pair];
  dqkv[i] = given(h, t, j) * turn.x + given(h, t, other) * select(-turn.y, turn.y, isFirst);
}
