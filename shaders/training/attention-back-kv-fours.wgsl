// attention-back-kv with a key of a head per thread, four queries at a time: no workgroup memory, no barrier. Its sums live in
// dkv itself, heads first, then tokens, ascending.
// Grid: (K, parts of `threads` keys).
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
@group(0) @binding(7) var<storage, read_write> dkv: array<vec4f>;  // (T, 2K, d / 4)
@group(0) @binding(8) var<uniform> params: Params;
@group(0) @binding(9) var<uniform> step: Step;
#include training/lib/attention-back-fours
override threads: u32 = 4u;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let parts = (step.T + threads - 1u) / threads;
  let part = gridIndex(wid, num);
  let g = part / parts;
  let first = part % parts * threads;
  let j = first + lane;
  if (g >= params.K || j >= step.T) { return; }
  let last = step.T - 1u;
  let quads = params.d / 4u;
  let own = (g * params.C + j) * quads;
  let toKeys = (j * 2u * params.K + g) * quads;
  let toValues = toKeys + params.K * quads;
  for (var c = 0u; c < quads; c++) { dkv[toKeys + c] = vec4f(); dkv[toValues + c] = vec4f(); }
  let group = params.H / params.K;
  for (var h = g * group; h < (g + 1u) * group; h++) {
    for (var t = 0u; t < step.T; t += 4u) {
      let tokens = t + vec4u(0u, 1u, 2u, 3u);
      let there = min(tokens, vec4u(last));
      // none of them sees a key of this workgroup: both ends of what a query sees only rise
      if (keysEnd(there.w) <= first || keysStart(t) >= first + threads) { continue; }
      let rows = there * params.H + h;
      let at = rows * quads;
      var products = vec4f();
      var pulls = vec4f();
      for (var c = 0u; c < quads; c++) {
        products += kCache[own + c] * mat4x4f(q[at.x + c], q[at.y + c], q[at.z + c], q[at.w + c]);
        pulls += vCache[own + c] * mat4x4f(dz[at.x + c], dz[at.y + c], dz[at.z + c], dz[at.w + c]);
      }
      var bias4 = vec4f();
      var seen = vec4<bool>();
      for (var n = 0u; n < 4u; n++) {
        seen[n] = tokens[n] <= last && j >= keysStart(there[n]) && j < keysEnd(there[n]);
        if (biased != 0u) { bias4[n] = biasAt(h, there[n], j); }
      }
      let lse4 = vec4f(lse[rows.x], lse[rows.y], lse[rows.z], lse[rows.w]);
      let delta4 = vec4f(delta[rows.x], delta[rows.y], delta[rows.z], delta[rows.w]);
      let changes = changesOf(products, pulls, bias4, lse4, delta4, seen);
      for (var c = 0u; c < quads; c++) {
        dkv[toKeys + c] += mat4x4f(q[at.x + c], q[at.y + c], q[at.z + c], q[at.w + c]) * changes.s;
        dkv[toValues + c] += mat4x4f(dz[at.x + c], dz[at.y + c], dz[at.z + c], dz[at.w + c]) * changes.p;
      }
    }
  }
}
