// y[h, i, j] = scale (b0 . k_j + (q_i + b1) . R_(i - j) + (q_i + b2) . e),   e = b3 where both are of one segment, b4 otherwise
//
// What attention-relative adds to scale q_i . k_j, for the pictures of it. One thread per pair of the queries that run.
// rel row p holds R_-p and R_(p + 1).
#include grid
#include step
struct Params { H: u32, d: u32, C: u32, scale: f32, keys: u32, rows: u32, reach: u32 }
@group(0) @binding(0) var<storage, read> q: array<f32>;            // (rows, H, d), a ring
@group(0) @binding(1) var<storage, read> kCache: array<f32>;       // (H, C, d)
@group(0) @binding(2) var<storage, read> rel: array<f32>;          // (text, 2, H, d)
@group(0) @binding(3) var<storage, read> bias: array<f32>;         // (5, H, d)
@group(0) @binding(4) var<storage, read> ids: array<u32>;          // (text) segments
@group(0) @binding(5) var<storage, read_write> y: array<f32>;      // (H, reach, reach)
@group(0) @binding(6) var<uniform> params: Params;
@group(0) @binding(7) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let pair = gridIndex(wid, num) * 64u + lane;
  if (pair >= params.H * step.T * params.keys) { return; }
  let j = pair % params.keys;
  let i = step.pos + pair / params.keys % step.T;
  let h = pair / params.keys / step.T;
  let d = params.d;
  let width = params.H * d;
  let at = (i % params.rows) * width + h * d;
  let k = (h * params.C + j) * d;
  let r = select(2u * (j - i), 2u * (i - j) - 1u, j < i) * width + h * d;
  let e = select(4u, 3u, ids[j] == ids[i]) * width + h * d;
  var s = 0.0;
  for (var n = 0u; n < d; n++) {
    let b = h * d + n;
    s += bias[b] * kCache[k + n] + (q[at + n] + bias[width + b]) * rel[r + n] + (q[at + n] + bias[2u * width + b]) * bias[e + n];
  }
  y[(h * params.reach + i) * params.reach + j] = s * params.scale;
}
