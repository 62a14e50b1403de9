// attention-back-q with a query row per thread, four keys at a time: no workgroup memory, no barrier. Its sums live in dq itself,
// so that heads may be of any width that is a multiple of 4.
// Grid: (H, parts of `threads` tokens).
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
@group(0) @binding(7) var<storage, read_write> dq: array<vec4f>;   // (T, H, d / 4)
@group(0) @binding(8) var<uniform> params: Params;
@group(0) @binding(9) var<uniform> step: Step;
#include training/lib/attention-back-fours
override threads: u32 = 4u;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let parts = (step.T + threads - 1u) / threads;
  let part = gridIndex(wid, num);
  let h = part / parts;
  let t = part % parts * threads + lane;
  if (h >= params.H || t >= step.T) { return; }
  let quads = params.d / 4u;
  let row = t * params.H + h;
  let own = row * quads;
  let head = h / (params.H / params.K) * params.C;
  let start = keysStart(t);
  let end = keysEnd(t);
  for (var c = 0u; c < quads; c++) { dq[own + c] = vec4f(); }
  for (var j = start; j < end; j += 4u) {
    let keys = j + vec4u(0u, 1u, 2u, 3u);
    let at = (head + min(keys, vec4u(end - 1u))) * quads;
    var products = vec4f();
    var pulls = vec4f();
    for (var c = 0u; c < quads; c++) {
      let x = q[own + c];
      let y = dz[own + c];
      products += x * mat4x4f(kCache[at.x + c], kCache[at.y + c], kCache[at.z + c], kCache[at.w + c]);
      pulls += y * mat4x4f(vCache[at.x + c], vCache[at.y + c], vCache[at.z + c], vCache[at.w + c]);
    }
    var bias4 = vec4f();
    if (biased != 0u) {
      for (var n = 0u; n < 4u; n++) { bias4[n] = biasAt(h, t, min(keys[n], end - 1u)); }
    }
    let changes = changesOf(products, pulls, bias4, vec4f(lse[row]), vec4f(delta[row]), keys < vec4u(end)).s;
    for (var c = 0u; c < quads; c++) {
      dq[own + c] += mat4x4f(kCache[at.x + c], kCache[at.y + c], kCache[at.z + c], kCache[at.w + c]) * changes;
    }
  }
}
