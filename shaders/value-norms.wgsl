// y[h, key] (+)= sum_n (W[n, h] . v[key])^2 :  how long what head h carries from a key is in the residual, squared.
// W[n, h] are the d columns of head h in row n of the output projection, v[key] the value that the head reads.
//
// The projection comes dequantized and a band of rows at a time; `more` adds to what the bands before gave.
// One workgroup per (head, key), its lanes share the rows.
#include grid
struct Params { H: u32, K: u32, d: u32, C: u32, keys: u32, rows: u32, more: u32 }
const threads: u32 = 64u;
@group(0) @binding(0) var<storage, read> w: array<f32>;            // (rows, H, d)
@group(0) @binding(1) var<storage, read> vCache: array<f32>;       // (K, C, d)
@group(0) @binding(2) var<storage, read_write> y: array<f32>;      // (H, keys)
@group(0) @binding(3) var<uniform> params: Params;

var<workgroup> parts: array<f32, threads>;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num);
  if (i >= params.H * params.keys) { return; }
  let d = params.d;
  let h = i / params.keys;
  let v = (h / (params.H / params.K) * params.C + i % params.keys) * d;
  var sum = 0.0;
  for (var n = lane; n < params.rows; n += threads) {
    var dot = 0.0;
    for (var j = 0u; j < d; j++) { dot += w[(n * params.H + h) * d + j] * vCache[v + j]; }
    sum += dot * dot;
  }
  parts[lane] = sum;
  for (var half = threads / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { parts[lane] += parts[lane + half]; }
  }
  if (lane == 0u) { y[i] = select(0.0, y[i], params.more == 1u) + parts[0]; }
}
