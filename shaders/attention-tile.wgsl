// Attention for many tokens on a GPU, after FlashAttention-2 (Dao 2023, arXiv 2307.08691).
//
// A workgroup keeps sixteen query rows of one group and walks the keys 32 at a time:
//   1. each thread scores one key against eight of the rows;
//   2. four threads per row turn scores into weights exp(s - m) and rescale the row's running sum;
//   3. each thread adds weights times V to its own outputs, one or two of d, for all sixteen rows.
// Rows of a group are numbered (t, head in group), so that a load of K or V serves all its heads.
// Grid: (K groups, 16-row parts). d is a multiple of 4, at most 128.
#include grid
#include step
#include attention
#include score-cap
#include score-bias
#include cache
const threads: u32 = 64u;
const tileRows: u32 = 16u;
const tileKeys: u32 = 32u;
@group(0) @binding(0) var<storage, read> q: array<vec4f>;          // (T, H, d / 4)
@group(0) @binding(1) var<storage, read> kCache: array<Quad>;      // (K, C, rowQuads)
@group(0) @binding(2) var<storage, read> vCache: array<Cell>;      // (K, C, rowCells)
@group(0) @binding(3) var<storage, read_write> z: array<f32>;      // (T, H, d)
@group(0) @binding(4) var<storage, read_write> lse: array<f32>;    // (T, H)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;
@group(0) @binding(7) var<storage, read> bias: array<f32>;         // (H or more), see score-bias

var<workgroup> qs: array<vec4f, 512>;                              // scale * q, (16, d / 4)
var<workgroup> ps: array<f32, tileKeys * tileRows>;                // scores, then weights, (32, 16)
var<workgroup> shrinks: array<f32, tileRows>;
var<workgroup> totals: array<f32, threads>;

fn headOf(row: u32, g: u32) -> u32 {
  let groupSize = params.H / params.K;
  return row / groupSize * params.H + g * groupSize + row % groupSize;
}

// Sum of weights of one of the sixteen rows.
fn total(own: u32) -> f32 { return totals[4u * own] + totals[4u * own + 1u] + totals[4u * own + 2u] + totals[4u * own + 3u]; }

fn outputOf(row: u32, i: u32, scale: f32) -> f32 { return select(0.0, valueOf(vCache[row + cellOf(i)], i, scale), i < params.d); }

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let d = params.d;
  let quads = d / 4u;
  let groupSize = params.H / params.K;
  let rows = step.T * groupSize;
  let rowParts = (rows + tileRows - 1u) / tileRows;
  let i = gridIndex(wid, num);
  let g = i / rowParts;
  if (g >= params.K) { return; }
  let row = i % rowParts * tileRows;
  let lastRow = min(row + tileRows, rows) - 1u;

  for (var j = lane; j < tileRows * quads; j += threads) {
    qs[j] = q[headOf(min(row + j / quads, lastRow), g) * quads + j % quads] * params.scale;
  }
  workgroupBarrier();

  let own = lane / 4u;                                             // the row whose weights this thread helps to make
  let ownToken = min(row + own, lastRow) / groupSize;
  let ownStart = keysStart(ownToken);
  let ownEnd = keysEnd(ownToken);
  let half = lane / tileKeys * 8u;                                 // the rows whose scores it makes
  var m = negInf;
  var l = 0.0;
  var low = mat4x4f();                                             // output `lane` of the sixteen rows
  var high = mat4x4f();                                            // output `lane + 64`
  let first = keysStart(row / groupSize);
  let last = keysEnd(lastRow / groupSize);
  for (var key = first; key < last; key += tileKeys) {
    let mine = lane % tileKeys;
    let kAt = (g * params.C + min(key + mine, last - 1u)) * rowQuads(quads);
    let scale = scaleOf(kCache[kAt + rowQuads(quads) - 1u]);
    var s = vec4f();
    var u = vec4f();
    for (var c = 0u; c < quads; c++) {
      let k = valuesOf(kCache[kAt + c], scale);
      let at = half * quads + c;
      s += k * mat4x4f(qs[at], qs[at + quads], qs[at + 2u * quads], qs[at + 3u * quads]);
      u += k * mat4x4f(qs[at + 4u * quads], qs[at + 5u * quads], qs[at + 6u * quads], qs[at + 7u * quads]);
    }
    if (capped != 0u) {
      s = capOf4(s);
      u = capOf4(u);
    }
    if (biased != 0u) {
      let r = row + half + vec4u(0u, 1u, 2u, 3u);
      s += biasAt4(g * groupSize + r % groupSize, step.pos + r / groupSize, key + mine);
      u += biasAt4(g * groupSize + (r + 4u) % groupSize, step.pos + (r + 4u) / groupSize, key + mine);
    }
    for (var a = 0u; a < rolled(4u); a++) {
      ps[mine * tileRows + half + a] = s[a];
      ps[mine * tileRows + half + 4u + a] = u[a];
    }
    workgroupBarrier();

    var top = m;
    for (var j = 0u; j < rolled(tileKeys); j++) {
      if (key + j >= ownStart && key + j < ownEnd) { top = max(top, ps[j * tileRows + own]); }
    }
    let shrink = exp(m - top);
    m = top;
    l *= shrink;
    workgroupBarrier();
    for (var j = lane % 4u; j < tileKeys; j += 4u) {
      let seen = key + j >= ownStart && key + j < ownEnd;
      let p = select(0.0, exp(ps[j * tileRows + own] - top), seen);
      ps[j * tileRows + own] = p;
      l += p;
    }
    if (lane % 4u == 0u) { shrinks[own] = shrink; }
    workgroupBarrier();

    let shrink0 = vec4f(shrinks[0], shrinks[1], shrinks[2], shrinks[3]);
    let shrink1 = vec4f(shrinks[4], shrinks[5], shrinks[6], shrinks[7]);
    let shrink2 = vec4f(shrinks[8], shrinks[9], shrinks[10], shrinks[11]);
    let shrink3 = vec4f(shrinks[12], shrinks[13], shrinks[14], shrinks[15]);
    low = mat4x4f(low[0] * shrink0, low[1] * shrink1, low[2] * shrink2, low[3] * shrink3);
    high = mat4x4f(high[0] * shrink0, high[1] * shrink1, high[2] * shrink2, high[3] * shrink3);
    for (var j = 0u; j < min(rolled(tileKeys), last - key); j++) {
      let vAt = (g * params.C + key + j) * rowCells(d);
      let scale = scaleIn(vCache[vAt + scaleCell(d)]);
      let v = outputOf(vAt, lane, scale);
      let p = j * tileRows;
      let weights = mat4x4f(
        ps[p], ps[p + 1u], ps[p + 2u], ps[p + 3u], ps[p + 4u], ps[p + 5u], ps[p + 6u], ps[p + 7u],
        ps[p + 8u], ps[p + 9u], ps[p + 10u], ps[p + 11u], ps[p + 12u], ps[p + 13u], ps[p + 14u], ps[p + 15u]);
      low += v * weights;
      if (d > 64u) { high += outputOf(vAt, lane + 64u, scale) * weights; }
    }
    workgroupBarrier();
  }

  totals[lane] = l;
  workgroupBarrier();
  if (lane % 4u == 0u && row + own < rows) { lse[headOf(row + own, g)] = m + log(max(total(own), 1e-30)); }
  var sums = array<mat4x4f, 2>(low, high);
  for (var n = 0u; n < rolled(2u * tileRows); n++) {
    let a = n % tileRows;
    let output = lane + n / tileRows * 64u;
    if (output < d && row + a < rows) {
      z[headOf(row + a, g) * d + output] = sums[n / tileRows][a / 4u][a % 4u] / max(total(a), 1e-30);
    }
  }
}
