// stats[r, h] = { self p(r,r), previous p(r,r-1), induction, has earlier occurrence, entropy, sum p*dist, sum p*dist^2, sink p(r,0),
//                 number of keys in sight }
//
// induction: attention to the position after an earlier occurrence of the same token (Olsson et al. 2022).
// Column 0 is left out of every number but the sink: it swallows attention that means nothing.
// Keys that were masked count nowhere; a row that sees no key at all is all zeros.
// One thread per (row, head), walking its keys once.
#include grid
#include masked-edges
#include mask
#include score-cap
#include score-bias
#include cache
struct Params { H: u32, K: u32, d: u32, C: u32, scale: f32, cap: f32, window: u32, reach: u32, prefix: u32, rows: u32, r0: u32, r1: u32, count: u32 }
@group(0) @binding(0) var<storage, read> q: array<f32>;            // (rows, H, d)
@group(0) @binding(1) var<storage, read> lse: array<f32>;          // (rows, H)
@group(0) @binding(2) var<storage, read> kCache: array<Cell>;      // (K, C, rowCells)
@group(0) @binding(3) var<storage, read> ids: array<u32>;          // (C)
@group(0) @binding(4) var<storage, read> maskedEdges: array<u32>;  // (count, 5)
@group(0) @binding(5) var<storage, read_write> stats: array<f32>;  // (r1 - r0, H, 9)
@group(0) @binding(6) var<uniform> params: Params;
@group(0) @binding(7) var<storage, read> bias: array<f32>;         // (H or more), see score-bias

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= (params.r1 - params.r0) * params.H) { return; }
  let h = i % params.H;
  let r = params.r0 + i / params.H;
  let at = (r % params.rows) * params.H + h;
  let d = params.d;
  let group = h / (params.H / params.K) * params.C;
  var own = 0.0; var previous = 0.0; var induction = 0.0; var earlier = 0.0;
  var entropy = 0.0; var distance = 0.0; var square = 0.0; var sink = 0.0; var seen = 0.0;
  for (var c = maskStart(r); c < maskEnd(r, params.prefix); c++) {
    if (hidden(h, r, c)) { continue; }
    seen += 1.0;
    var s = 0.0;
    let key = (group + c) * rowCells(d);
    let scale = scaleIn(kCache[key + scaleCell(d)]);
    for (var j = 0u; j < d; j++) { s += q[at * d + j] * valueOf(kCache[key + cellOf(j)], j, scale); }
    s *= params.scale;
    if (capped != 0u) { s = capOf(s); }
    if (biased != 0u) { s += biasAt(h, r, c); }
    let p = exp(s - lse[at]);
    if (c == 0u) { sink = p; continue; }
    let away = f32(max(r, c) - min(r, c));
    if (c == r) { own = p; }
    if (c + 1u == r) { previous = p; }
    if (ids[c - 1u] == ids[r]) { induction += p; earlier = 1.0; }
    if (p > 0.0) { entropy -= p * log(p); }
    distance += p * away;
    square += p * away * away;
  }
  let o = i * 9u;
  stats[o] = own; stats[o + 1u] = previous; stats[o + 2u] = induction; stats[o + 3u] = earlier;
  stats[o + 4u] = entropy; stats[o + 5u] = distance; stats[o + 6u] = square; stats[o + 7u] = sink;
  stats[o + 8u] = seen;
}
