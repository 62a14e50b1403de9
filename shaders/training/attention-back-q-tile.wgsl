// attention-back-q for a GPU: a workgroup keeps eight query rows of one group in its memory and walks their keys 32 at a time, so
// that a load of K or V serves eight rows.
//   1. each thread makes the changes of one key and four of the rows;
//   2. each thread adds changes times K to its own columns, one or two of d, of all eight rows, keys ascending.
// Rows of a group are numbered (t, head in group). Grid: (K groups, 8-row parts). d is a multiple of 4, at most 128.
#include grid
#include step
#include attention
#include score-cap
#include score-bias
@group(0) @binding(0) var<storage, read> q: array<vec4f>;          // (T, H, d / 4)
@group(0) @binding(1) var<storage, read> kCache: array<vec4f>;     // (K, C, d / 4)
@group(0) @binding(2) var<storage, read> vCache: array<vec4f>;     // (K, C, d / 4)
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read> lse: array<f32>;          // (T, H)
@group(0) @binding(5) var<storage, read> dz: array<vec4f>;         // (T, H, d / 4)
@group(0) @binding(6) var<storage, read> delta: array<f32>;        // (T, H)
@group(0) @binding(7) var<storage, read_write> dq: array<f32>;     // (T, H, d)
@group(0) @binding(8) var<uniform> params: Params;
@group(0) @binding(9) var<uniform> step: Step;
#include training/lib/attention-back-fours
const threads: u32 = 64u;
const tileRows: u32 = 8u;
const tileKeys: u32 = 32u;
var<workgroup> qs: array<vec4f, 256>;                              // (8, d / 4)
var<workgroup> dzs: array<vec4f, 256>;
var<workgroup> changes: array<vec4f, 64>;                          // (32, 8 / 4)

fn headOf(row: u32, g: u32) -> u32 {
  let groupSize = params.H / params.K;
  return row / groupSize * params.H + g * groupSize + row % groupSize;
}
fn keyAt(row: u32, column: u32) -> f32 { return select(0.0, kCache[row + column / 4u][column % 4u], column < params.d); }

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let quads = params.d / 4u;
  let groupSize = params.H / params.K;
  let rows = step.T * groupSize;
  let rowParts = (rows + tileRows - 1u) / tileRows;
  let i = gridIndex(wid, num);
  let g = i / rowParts;
  if (g >= params.K) { return; }
  let row = i % rowParts * tileRows;
  let lastRow = min(row + tileRows, rows) - 1u;
  for (var n = lane; n < tileRows * quads; n += threads) {
    let at = headOf(min(row + n / quads, lastRow), g) * quads + n % quads;
    qs[n] = q[at];
    dzs[n] = dz[at];
  }
  workgroupBarrier();

  let mine = lane % tileKeys;
  let half = lane / tileKeys;
  let own = min(row + 4u * half + vec4u(0u, 1u, 2u, 3u), vec4u(lastRow));
  let tokens = own / groupSize;
  let heads = g * groupSize + own % groupSize;
  let at = tokens * params.H + heads;
  let lse4 = vec4f(lse[at.x], lse[at.y], lse[at.z], lse[at.w]);
  let delta4 = vec4f(delta[at.x], delta[at.y], delta[at.z], delta[at.w]);
  let starts = vec4u(keysStart(tokens.x), keysStart(tokens.y), keysStart(tokens.z), keysStart(tokens.w));
  let ends = vec4u(keysEnd(tokens.x), keysEnd(tokens.y), keysEnd(tokens.z), keysEnd(tokens.w));
  let last = keysEnd(lastRow / groupSize);
  var low = array<vec4f, 2>();                                     // column `lane` of the eight rows
  var high = array<vec4f, 2>();                                    // column `lane + 64`
  for (var key = keysStart(row / groupSize); key < last; key += tileKeys) {
    let j = key + mine;
    let begin = (g * params.C + min(j, last - 1u)) * quads;
    var products = vec4f();
    var pulls = vec4f();
    for (var c = 0u; c < quads; c++) {
      let o = 4u * half * quads + c;
      products += kCache[begin + c] * mat4x4f(qs[o], qs[o + quads], qs[o + 2u * quads], qs[o + 3u * quads]);
      pulls += vCache[begin + c] * mat4x4f(dzs[o], dzs[o + quads], dzs[o + 2u * quads], dzs[o + 3u * quads]);
    }
    var bias4 = vec4f();
    if (biased != 0u) { bias4 = biasAt4(heads, tokens, min(j, last - 1u)); }
    let seen = (vec4u(j) >= starts) & (vec4u(j) < ends);
    changes[2u * mine + half] = changesOf(products, pulls, bias4, lse4, delta4, seen).s;
    workgroupBarrier();
    for (var n = 0u; n < min(tileKeys, last - key); n++) {
      let keyRow = (g * params.C + key + n) * quads;
      let k = keyAt(keyRow, lane);
      low[0] += k * changes[2u * n];
      low[1] += k * changes[2u * n + 1u];
      if (params.d > threads) {
        let other = keyAt(keyRow, lane + threads);
        high[0] += other * changes[2u * n];
        high[1] += other * changes[2u * n + 1u];
      }
    }
    workgroupBarrier();
  }
  for (var n = 0u; n <= lastRow - row; n++) {
    let to = headOf(row + n, g) * params.d;
    if (lane < params.d) { dq[to + lane] = low[n / 4u][n % 4u]; }
    if (lane + threads < params.d) { dq[to + lane + threads] = high[n / 4u][n % 4u]; }
  }
}
