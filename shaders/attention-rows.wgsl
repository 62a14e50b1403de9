// Attention for many tokens on adapters that run WGSL on a CPU: one thread walks the keys, eight at a
// time, for four query rows of one group, with an online softmax and no barrier. The unnormalized
// sums live in z itself: a private array of d values would cost the same loads.
// Grid: (K groups, 16-row parts). d is a multiple of 4.
#include grid
#include step
#include attention
#include score-cap
#include score-bias
@group(0) @binding(0) var<storage, read> q: array<vec4f>;          // (T, H, d / 4)
@group(0) @binding(1) var<storage, read> kCache: array<vec4f>;     // (K, C, d / 4)
@group(0) @binding(2) var<storage, read> vCache: array<vec4f>;     // (K, C, d / 4)
@group(0) @binding(3) var<storage, read_write> z: array<vec4f>;    // (T, H, d / 4)
@group(0) @binding(4) var<storage, read_write> lse: array<f32>;    // (T, H)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;
@group(0) @binding(7) var<storage, read> bias: array<f32>;         // (H or more), see score-bias

// Scores of four keys for the four rows, as s[key] over rows; keys a row must not see are `negInf`.
fn scores(qAt: vec4u, g: u32, key: u32, start: vec4u, end: vec4u, h: vec4u, query: vec4u) -> mat4x4f {
  let quads = params.d / 4u;
  let j = vec4u(key, key + 1u, key + 2u, key + 3u);
  let kAt = (g * params.C + min(j, vec4u(end.w - 1u))) * quads;
  var s = mat4x4f();
  for (var c = 0u; c < quads; c++) {
    let rows = mat4x4f(q[qAt.x + c], q[qAt.y + c], q[qAt.z + c], q[qAt.w + c]);
    s += mat4x4f(kCache[kAt.x + c] * rows, kCache[kAt.y + c] * rows, kCache[kAt.z + c] * rows, kCache[kAt.w + c] * rows);
  }
  s = s * params.scale;
  if (capped != 0u) { s = mat4x4f(capOf4(s[0]), capOf4(s[1]), capOf4(s[2]), capOf4(s[3])); }
  if (biased != 0u) {
    s += mat4x4f(biasAt4(h, query, j.x), biasAt4(h, query, j.y), biasAt4(h, query, j.z), biasAt4(h, query, j.w));
  }
  return mat4x4f(
    select(vec4f(negInf), s[0], (j.xxxx >= start) & (j.xxxx < end)), select(vec4f(negInf), s[1], (j.yyyy >= start) & (j.yyyy < end)),
    select(vec4f(negInf), s[2], (j.zzzz >= start) & (j.zzzz < end)), select(vec4f(negInf), s[3], (j.wwww >= start) & (j.wwww < end)));
}

// exp(s - m), and 0 for hidden keys even while a row has seen none.
fn weights(s: mat4x4f, m: vec4f) -> mat4x4f {
  return mat4x4f(weight(s[0], m), weight(s[1], m), weight(s[2], m), weight(s[3], m));
}
fn weight(s: vec4f, m: vec4f) -> vec4f { return select(exp(s - m), vec4f(), s == vec4f(negInf)); }

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let quads = params.d / 4u;
  let groupSize = params.H / params.K;
  let rows = step.T * groupSize;
  let rowParts = (rows + 15u) / 16u;
  let i = gridIndex(wid, num);
  let g = i / rowParts;
  if (g >= params.K) { return; }
  let row = (i % rowParts * 4u + lane) * 4u;
  if (row >= rows) { return; }
  let count = min(rolled(4u), rows - row);
  let r = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(rows - 1u));
  let t = r / groupSize;
  let h = g * groupSize + r % groupSize;
  let head = t * params.H + h;                                    // (t, h) of each row, flat
  let start = vec4u(keysStart(t.x), keysStart(t.y), keysStart(t.z), keysStart(t.w));
  let end = vec4u(keysEnd(t.x), keysEnd(t.y), keysEnd(t.z), keysEnd(t.w));
  let at = head * quads;

  var m = vec4f(negInf);
  var l = vec4f();
  for (var key = start.x; key < end.w; key += 8u) {
    let s = scores(at, g, key, start, end, h, step.pos + t);
    let u = scores(at, g, key + 4u, start, end, h, step.pos + t);
    let top = max(max(max(max(m, s[0]), max(s[1], s[2])), max(s[3], u[0])), max(max(u[1], u[2]), u[3]));
    let shrink = exp(m - top);
    m = top;
    let p = weights(s, m);
    let w = weights(u, m);
    l = l * shrink + (p[0] + p[1] + p[2] + p[3]) + (w[0] + w[1] + w[2] + w[3]);
    let last = end.w - 1u;                                         // hidden keys weigh 0, but must be read in bounds and finite
    let vAt = (g * params.C + min(vec4u(key, key + 1u, key + 2u, key + 3u), vec4u(last))) * quads;
    let wAt = (g * params.C + min(vec4u(key + 4u, key + 5u, key + 6u, key + 7u), vec4u(last))) * quads;
    for (var c = 0u; c < quads; c++) {
      let v = mat4x4f(vCache[vAt.x + c], vCache[vAt.y + c], vCache[vAt.z + c], vCache[vAt.w + c]) * transpose(p)
        + mat4x4f(vCache[wAt.x + c], vCache[wAt.y + c], vCache[wAt.z + c], vCache[wAt.w + c]) * transpose(w);
      for (var a = 0u; a < count; a++) {
        z[at[a] + c] = select(z[at[a] + c] * shrink[a], vec4f(), key == start.x) + v[a];
      }
    }
  }
  let norm = 1.0 / max(l, vec4f(1e-30));
  for (var a = 0u; a < count; a++) {
    for (var c = 0u; c < quads; c++) { z[at[a] + c] *= norm[a]; }
    lse[head[a]] = m[a] + log(max(l[a], 1e-30));
  }
}
