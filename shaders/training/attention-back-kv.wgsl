// dkv[j, g] = sum_h sum_t dS[t, h, j] q[t, h],   dkv[j, K + g] = sum_h sum_t P[t, h, j] dz[t, h]     h of group g, t that see j
//
// Keys and values in one tensor: a kernel may bind eight.
// One workgroup per key and key head walks the heads that read it and, 64 at a time, their queries; heads first, then tokens,
// ascending: the order of the additions is the same on every run.
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
@group(0) @binding(7) var<storage, read_write> dkv: array<f32>;    // (T, 2K, d)
@group(0) @binding(8) var<uniform> params: Params;
@group(0) @binding(9) var<uniform> step: Step;
#include training/lib/attention-back
const tile: u32 = 64u;
var<workgroup> changes: array<vec2f, tile>;

@compute @workgroup_size(tile)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = gridIndex(wid, num);
  if (row >= step.T * params.K) { return; }
  let j = row / params.K;
  let g = row % params.K;
  let group = params.H / params.K;
  var keys = vec4f();                                              // columns lane, lane + 64, lane + 128, lane + 192
  var values = vec4f();
  for (var n = 0u; n < group; n++) {
    let h = g * group + n;
    for (var first = 0u; first < step.T; first += tile) {
      let t = first + lane;
      var change = vec2f();
      if (t < step.T && j >= keysStart(min(t, step.T - 1u)) && j < keysEnd(min(t, step.T - 1u))) { change = changesOf(t, h, j); }
      changes[lane] = change;
      workgroupBarrier();
      for (var m = 0u; m < min(tile, step.T - first); m++) {
        let begin = ((first + m) * params.H + h) * params.d;
        for (var c = 0u; c < 4u; c++) {
          let i = lane + c * tile;
          if (i < params.d) {
            keys[c] += changes[m].y * q[begin + i];
            values[c] += changes[m].x * dz[begin + i];
          }
        }
      }
      workgroupBarrier();
    }
  }
  for (var c = 0u; c < 4u; c++) {
    let i = lane + c * tile;
    if (i < params.d) {
      dkv[(j * 2u * params.K + g) * params.d + i] = keys[c];
      dkv[(j * 2u * params.K + params.K + g) * params.d + i] = values[c];
    }
  }
}
