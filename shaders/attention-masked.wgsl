// z[t, h] = sum_j softmax_j(scale * q[t, h] . k[g, j]) v[g, j]  over the keys that the mask shows and no entry hides
//
// Runs in place of the fused attention only while the reader has masked edges or evicted cache entries: one thread per
// (t, h), keys one by one with an online softmax. A row whose every key is hidden is zero.
#include grid
#include step
#include masked-edges
#include mask
#include score-cap
#include score-bias
#include cache
struct Params { H: u32, K: u32, d: u32, C: u32, scale: f32, cap: f32, window: u32, reach: u32, count: u32 }
const negInf: f32 = -1e30;
@group(0) @binding(0) var<storage, read> q: array<f32>;            // (T, H, d)
@group(0) @binding(1) var<storage, read> kCache: array<Cell>;      // (K, C, rowCells)
@group(0) @binding(2) var<storage, read> vCache: array<Cell>;      // (K, C, rowCells)
@group(0) @binding(3) var<storage, read> maskedEdges: array<u32>;  // (count, 5)
@group(0) @binding(4) var<storage, read_write> z: array<f32>;      // (T, H, d)
@group(0) @binding(5) var<storage, read_write> lse: array<f32>;    // (T, H)
@group(0) @binding(6) var<uniform> params: Params;
@group(0) @binding(7) var<uniform> step: Step;
@group(0) @binding(8) var<storage, read> bias: array<f32>;         // (H or more), see score-bias

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.H) { return; }
  let d = params.d;
  let h = i % params.H;
  let query = step.pos + i / params.H;
  let group = h / (params.H / params.K) * params.C;
  for (var j = 0u; j < d; j++) { z[i * d + j] = 0.0; }
  var m = negInf;
  var l = 0.0;
  for (var key = maskStart(query); key < maskEnd(query, step.prefix); key++) {
    if (hidden(h, query, key)) { continue; }
    var s = 0.0;
    let at = (group + key) * rowCells(d);
    let scales = vec2f(scaleIn(kCache[at + scaleCell(d)]), scaleIn(vCache[at + scaleCell(d)]));
    for (var j = 0u; j < d; j++) { s += q[i * d + j] * valueOf(kCache[at + cellOf(j)], j, scales.x); }
    s *= params.scale;
    if (capped != 0u) { s = capOf(s); }
    if (biased != 0u) { s += biasAt(h, query, key); }
    let top = max(m, s);
    let shrink = exp(m - top);
    let p = exp(s - top);
    l = l * shrink + p;
    for (var j = 0u; j < d; j++) { z[i * d + j] = z[i * d + j] * shrink + p * valueOf(vCache[at + cellOf(j)], j, scales.y); }
    m = top;
  }
  for (var j = 0u; j < d; j++) { z[i * d + j] /= max(l, 1e-30); }
  lse[i] = m + log(max(l, 1e-30));
}
