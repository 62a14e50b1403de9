// y[h, key] (+)= sum_n (W[n, h] . v[key])^2 :  how long what head h carries from a key is in the residual, squared.
// W[n, h] are the d columns of head h in row n of the output projection, v[key] the value that the head reads.
//
// The projection comes dequantized and a band of rows at a time; `more` adds to what the bands before gave.
// One workgroup per head and 8 keys: their values lie in workgroup memory, the lanes share the rows, and every
// weight that is read serves all 8.
#include grid
#include cache
struct Params { H: u32, K: u32, d: u32, C: u32, keys: u32, rows: u32, more: u32 }
const threads: u32 = 64u;
@group(0) @binding(0) var<storage, read> w: array<f32>;            // (rows, H, d)
@group(0) @binding(1) var<storage, read> vCache: array<Cell>;      // (K, C, rowCells)
@group(0) @binding(2) var<storage, read_write> y: array<f32>;      // (H, keys)
@group(0) @binding(3) var<uniform> params: Params;

var<workgroup> values: array<vec4f, 512>;                           // (d, 2): keys 0-3 and 4-7 of each dimension; d <= 256
var<workgroup> parts: array<vec4f, 128>;                            // (threads, 2)

fn valueAt(group: u32, key: u32, j: u32) -> f32 {
  if (key >= params.keys) { return 0.0; }
  let at = (group + key) * rowCells(params.d);
  return valueOf(vCache[at + cellOf(j)], j, scaleIn(vCache[at + scaleCell(params.d)]));
}

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let blocks = (params.keys + 7u) / 8u;
  let at = gridIndex(wid, num);
  if (at >= params.H * blocks) { return; }
  let h = at / blocks;
  let first = at % blocks * 8u;
  let group = h / (params.H / params.K) * params.C;
  for (var i = lane; i < 2u * params.d; i += threads) {
    let key = first + i % 2u * 4u;
    values[i] = vec4f(valueAt(group, key, i / 2u), valueAt(group, key + 1u, i / 2u), valueAt(group, key + 2u, i / 2u), valueAt(group, key + 3u, i / 2u));
  }
  workgroupBarrier();
  var low = vec4f();
  var high = vec4f();
  for (var n = lane; n < params.rows; n += threads) {
    var a = vec4f();
    var b = vec4f();
    let row = (n * params.H + h) * params.d;
    for (var j = 0u; j < params.d; j++) {
      let weight = w[row + j];
      a += weight * values[2u * j];
      b += weight * values[2u * j + 1u];
    }
    low += a * a;
    high += b * b;
  }
  parts[2u * lane] = low;
  parts[2u * lane + 1u] = high;
  for (var half = threads / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) {
      parts[2u * lane] += parts[2u * (lane + half)];
      parts[2u * lane + 1u] += parts[2u * (lane + half) + 1u];
    }
  }
  workgroupBarrier();
  if (lane < 8u && first + lane < params.keys) {
    let i = h * params.keys + first + lane;
    y[i] = select(0.0, y[i], params.more == 1u) + parts[lane / 4u][lane % 4u];
  }
}
