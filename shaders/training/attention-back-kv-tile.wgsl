// attention-back-kv for a GPU: a workgroup keeps eight keys and values of one head in its memory and walks the queries that see
// any of them 32 at a time, so that a load of a query or its gradient serves eight keys.
//   1. each thread makes the changes of one query and four of the keys;
//   2. each thread adds them times queries and gradients to its own columns, one or two of d, of all eight keys: heads first,
//      then tokens, ascending.
// Grid: (K, 8-key parts). d is a multiple of 4, at most 128.
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
@group(0) @binding(7) var<storage, read_write> dkv: array<f32>;    // (T, 2K, d)
@group(0) @binding(8) var<uniform> params: Params;
@group(0) @binding(9) var<uniform> step: Step;
#include training/lib/attention-back-fours
const threads: u32 = 64u;
const tileRows: u32 = 8u;
const tileTokens: u32 = 32u;
var<workgroup> ks: array<vec4f, 256>;                              // (8, d / 4)
var<workgroup> vs: array<vec4f, 256>;
var<workgroup> weights: array<vec4f, 64>;                          // P, (32, 8 / 4)
var<workgroup> changes: array<vec4f, 64>;                          // dS

struct Sums { keys: array<vec4f, 2>, values: array<vec4f, 2> }
fn added(sums: Sums, row: u32, column: u32, n: u32) -> Sums {
  var next = sums;
  let inside = column < params.d;
  let x = select(0.0, q[row + column / 4u][column % 4u], inside);
  let y = select(0.0, dz[row + column / 4u][column % 4u], inside);
  next.keys[0] += x * changes[2u * n];
  next.keys[1] += x * changes[2u * n + 1u];
  next.values[0] += y * weights[2u * n];
  next.values[1] += y * weights[2u * n + 1u];
  return next;
}

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let quads = params.d / 4u;
  let groupSize = params.H / params.K;
  let parts = (step.T + tileRows - 1u) / tileRows;
  let i = gridIndex(wid, num);
  let g = i / parts;
  if (g >= params.K) { return; }
  let first = i % parts * tileRows;
  let count = min(tileRows, step.T - first);
  for (var n = lane; n < tileRows * quads; n += threads) {
    let at = (g * params.C + first + min(n / quads, count - 1u)) * quads + n % quads;
    ks[n] = kCache[at];
    vs[n] = vCache[at];
  }
  workgroupBarrier();

  let mine = lane % tileTokens;
  let half = lane / tileTokens;
  let keys = first + 4u * half + vec4u(0u, 1u, 2u, 3u);
  var low = Sums();                                                // column `lane` of the eight keys
  var high = Sums();                                               // column `lane + 64`
  for (var h = g * groupSize; h < (g + 1u) * groupSize; h++) {
    for (var t = 0u; t < step.T; t += tileTokens) {
      let behind = min(t + tileTokens, step.T);
      // none of them sees a key of this workgroup: both ends of what a query sees only rise
      if (keysEnd(behind - 1u) <= first || keysStart(t) >= first + count) { continue; }
      let token = min(t + mine, behind - 1u);
      let row = token * params.H + h;
      var products = vec4f();
      var pulls = vec4f();
      for (var c = 0u; c < quads; c++) {
        let o = 4u * half * quads + c;
        products += q[row * quads + c] * mat4x4f(ks[o], ks[o + quads], ks[o + 2u * quads], ks[o + 3u * quads]);
        pulls += dz[row * quads + c] * mat4x4f(vs[o], vs[o + quads], vs[o + 2u * quads], vs[o + 3u * quads]);
      }
      var bias4 = vec4f();
      if (biased != 0u) {
        for (var n = 0u; n < 4u; n++) { bias4[n] = biasAt(h, token, min(keys[n], step.T - 1u)); }
      }
      let seen = (keys >= vec4u(keysStart(token))) & (keys < vec4u(keysEnd(token)));
      let change = changesOf(products, pulls, bias4, vec4f(lse[row]), vec4f(delta[row]), seen);
      weights[2u * mine + half] = change.p;
      changes[2u * mine + half] = change.s;
      workgroupBarrier();
      for (var n = 0u; n < behind - t; n++) {
        let begin = ((t + n) * params.H + h) * quads;
        low = added(low, begin, lane, n);
        if (params.d > threads) { high = added(high, begin, lane + threads, n); }
      }
      workgroupBarrier();
    }
  }
  for (var n = 0u; n < count; n++) {
    let to = ((first + n) * 2u * params.K + g) * params.d;
    let beyond = to + params.K * params.d;
    if (lane < params.d) {
      dkv[to + lane] = low.keys[n / 4u][n % 4u];
      dkv[beyond + lane] = low.values[n / 4u][n % 4u];
    }
    if (lane + threads < params.d) {
      dkv[to + lane + threads] = high.keys[n / 4u][n % 4u];
      dkv[beyond + lane + threads] = high.values[n / 4u][n % 4u];
    }
  }
}
