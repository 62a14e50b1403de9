// z[t, h] = sum_p softmax_p(scale * q[t, h] . k[g, e(p)]) v[g, e(p)]     lse as in attention-any
//
// Attention of several texts that go on from one beginning (lib/strands.wgsl). Walks a text's positions p, 64 at a time,
// and finds each at its entry e(p) of the cache; masks and what is added to scores go by position, so that a text sees
// what it would see alone. One workgroup per row and head, online softmax; an output per thread, more in turn.
// Grid: (T, H, d / 256).
#include grid
#include step
#include strands
#include attention
#include score-cap
#include score-bias
#include cache
const tile: u32 = 64u;
const outputs: u32 = 256u;                                          // of one workgroup
@group(0) @binding(0) var<storage, read> q: array<f32>;            // (T, H, d)
@group(0) @binding(1) var<storage, read> kCache: array<Cell>;      // (K, C, rowCells)
@group(0) @binding(2) var<storage, read> vCache: array<Cell>;      // (K, C, rowCells)
@group(0) @binding(3) var<storage, read_write> z: array<f32>;      // (T, H, d)
@group(0) @binding(4) var<storage, read_write> lse: array<f32>;    // (T, H)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;
@group(0) @binding(7) var<storage, read> bias: array<f32>;         // (H or more), see score-bias

var<workgroup> scores: array<f32, tile>;
var<workgroup> weights: array<f32, tile>;

// Entry of position p; what is no cache of the text (cross-attention) has its own.
fn entryOf(t: u32, p: u32) -> u32 { return select(strandEntry(step.pos + t, p), p, causal == 0u); }

@compute @workgroup_size(tile)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let d = params.d;
  let parts = (d + outputs - 1u) / outputs;
  let i = gridIndex(wid, num) / parts;
  let base = gridIndex(wid, num) % parts * outputs + lane;          // this thread's first output
  if (i >= step.T * params.H) { return; }
  let t = i / params.H;
  let head = (i % params.H) / (params.H / params.K) * params.C;
  let query = strandPosition(step.pos + t);
  let start = maskStart(query);
  let end = maskEnd(query, step.prefix);

  var m = negInf;
  var l = 0.0;
  var acc = vec4f();                                               // outputs base, base + 64, base + 128, base + 192
  for (var first = start; first < end; first += tile) {
    let count = min(tile, end - first);
    var s = negInf;
    if (lane < count) {
      let key = (head + entryOf(t, first + lane)) * rowCells(d);
      let scale = scaleIn(kCache[key + scaleCell(d)]);
      s = 0.0;
      for (var j = 0u; j < d; j++) { s += q[i * d + j] * params.scale * valueOf(kCache[key + cellOf(j)], j, scale); }
      if (capped != 0u) { s = capOf(s); }
      if (biased != 0u) { s += biasAt(i % params.H, query, first + lane); }
    }
    scores[lane] = s;
    workgroupBarrier();
    var top = m;
    for (var j = 0u; j < count; j++) { top = max(top, scores[j]); }
    weights[lane] = select(0.0, exp(s - top), lane < count);
    workgroupBarrier();
    let shrink = exp(m - top);
    m = top;
    l *= shrink;
    acc *= shrink;
    for (var j = 0u; j < count; j++) {
      let p = weights[j];
      let value = (head + entryOf(t, first + j)) * rowCells(d);
      let scale = scaleIn(vCache[value + scaleCell(d)]);
      l += p;
      if (base < d) { acc.x += p * valueOf(vCache[value + cellOf(base)], base, scale); }
      if (base + 64u < d) { acc.y += p * valueOf(vCache[value + cellOf(base + 64u)], base + 64u, scale); }
      if (base + 128u < d) { acc.z += p * valueOf(vCache[value + cellOf(base + 128u)], base + 128u, scale); }
      if (base + 192u < d) { acc.w += p * valueOf(vCache[value + cellOf(base + 192u)], base + 192u, scale); }
    }
    workgroupBarrier();
  }
  let norm = 1.0 / max(l, 1e-30);
  for (var j = 0u; j < 4u; j++) {
    if (base + 64u * j < d) { z[i * d + base + 64u * j] = acc[j] * norm; }
  }
  if (base == 0u) { lse[i] = m + log(max(l, 1e-30)); }
}
