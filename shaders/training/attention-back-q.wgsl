// dq[t, h] = sum_j dS[t, h, j] k[j]: one workgroup per query row walks its keys 64 at a time, each thread makes one key's
// change, then owns the columns lane, lane + 64 …
#include grid
#include step
#include attention
#include score-cap
#include score-bias
@group(0) @binding(0) var<storage, read> q: array<f32>;            // (T, H, d)
@group(0) @binding(1) var<storage, read> kCache: array<f32>;       // (K, C, d)
@group(0) @binding(2) var<storage, read> vCache: array<f32>;       // (K, C, d)
@group(0) @binding(3) var<storage, read> bias: array<f32>;
@group(0) @binding(4) var<storage, read> lse: array<f32>;          // (T, H)
@group(0) @binding(5) var<storage, read> dz: array<f32>;           // (T, H, d)
@group(0) @binding(6) var<storage, read> delta: array<f32>;        // (T, H)
@group(0) @binding(7) var<storage, read_write> dq: array<f32>;     // (T, H, d)
@group(0) @binding(8) var<uniform> params: Params;
@group(0) @binding(9) var<uniform> step: Step;
#include training/lib/attention-back
const tile: u32 = 64u;
var<workgroup> changes: array<f32, tile>;

@compute @workgroup_size(tile)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = gridIndex(wid, num);
  if (row >= step.T * params.H) { return; }
  let t = row / params.H;
  let h = row % params.H;
  let start = keysStart(t);
  let end = keysEnd(t);
  let head = h / (params.H / params.K) * params.C;
  var sums = vec4f();                                              // columns lane, lane + 64, lane + 128, lane + 192
  for (var first = start; first < end; first += tile) {
    let count = min(tile, end - first);
    if (lane < count) { changes[lane] = changesOf(t, h, first + lane).y; }
    workgroupBarrier();
    for (var n = 0u; n < count; n++) {
      for (var c = 0u; c < 4u; c++) {
        let i = lane + c * tile;
        if (i < params.d) { sums[c] += changes[n] * kCache[(head + first + n) * params.d + i]; }
      }
    }
    workgroupBarrier();
  }
  for (var c = 0u; c < 4u; c++) {
    let i = lane + c * tile;
    if (i < params.d) { dq[row * params.d + i] = sums[c]; }
  }
}
