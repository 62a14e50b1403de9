// cell[h, a, b] = max over its queries r and keys c of  exp(scale * q[r, h] . k[g, c] - lse[r, h])
//
// The attention picture, recomputed from what the run kept: post-RoPE queries, the key cache and the log-sum-exp.
// One thread per cell; a cell pools poolR x poolC pairs so that a tile is never larger than the screen.
// A cell with no visible pair (above the diagonal, outside the window, masked) is `absent`: what was masked is no part of lse.
#include grid
#include masked-edges
#include mask
#include score-cap
#include score-bias
#include cache
struct Params {
  H: u32, K: u32, d: u32, C: u32, scale: f32, cap: f32, window: u32, reach: u32, prefix: u32, rows: u32,    // rows: of the activation cache
  head: u32, heads: u32, r0: u32, r1: u32, c0: u32, c1: u32,
  tileRows: u32, tileCols: u32, poolR: u32, poolC: u32, scores: u32,     // scores 1: the raw q.k * scale instead
  count: u32,
}
const absent: f32 = -1e30;
@group(0) @binding(0) var<storage, read> q: array<f32>;            // (rows, H, d)
@group(0) @binding(1) var<storage, read> lse: array<f32>;          // (rows, H)
@group(0) @binding(2) var<storage, read> kCache: array<Cell>;      // (K, C, rowCells)
@group(0) @binding(3) var<storage, read> maskedEdges: array<u32>;  // (count, 5)
@group(0) @binding(4) var<storage, read_write> cells: array<f32>;  // (heads, tileRows, tileCols)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<storage, read> bias: array<f32>;         // (H or more), see score-bias

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= params.heads * params.tileRows * params.tileCols) { return; }
  let h = params.head + i / (params.tileRows * params.tileCols);
  let a = (i / params.tileCols) % params.tileRows;
  let b = i % params.tileCols;
  let d = params.d;
  let group = h / (params.H / params.K) * params.C;
  var best = absent;
  for (var r = params.r0 + a * params.poolR; r < min(params.r0 + (a + 1u) * params.poolR, params.r1); r++) {
    let at = (r % params.rows) * params.H + h;
    let last = min(params.c0 + (b + 1u) * params.poolC, params.c1);
    for (var c = max(params.c0 + b * params.poolC, maskStart(r)); c < min(last, maskEnd(r, params.prefix)); c++) {
      if (hidden(h, r, c)) { continue; }
      var s = 0.0;
      let key = (group + c) * rowCells(d);
      let scale = scaleIn(kCache[key + scaleCell(d)]);
      for (var j = 0u; j < d; j++) { s += q[at * d + j] * valueOf(kCache[key + cellOf(j)], j, scale); }
      s *= params.scale;
      if (capped != 0u) { s = capOf(s); }
      if (biased != 0u) { s += biasAt(h, r, c); }
      best = max(best, select(exp(s - lse[at]), s, params.scores == 1u));
    }
  }
  cells[i] = best;
}
