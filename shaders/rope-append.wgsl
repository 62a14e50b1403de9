// Splits one fused projection and puts its parts where attention reads them:
//   q[t, h]           = rotate(qkv[t, h],         pos + t)     h < H
//   kCache[h, pos+t]  = rotate(qkv[t, H + h],     pos + t)     h < K
//   vCache[h, pos+t]  =        qkv[t, H + K + h]
//
// The r turned values of a head are `sections` parts of half-split pairs. One thread per pair of elements; the pairs of a head beyond r are copied. An odd d leaves a
// last pair of one element.
#include grid
#include step
struct Params { H: u32, K: u32, d: u32, r: u32, interleaved: u32, sections: u32, C: u32 }
@group(0) @binding(0) var<storage, read> qkv: array<f32>;          // (T, H + 2K, d)
@group(0) @binding(1) var<storage, read> table: array<vec2f>;      // (C, r/2) cos, sin
@group(0) @binding(2) var<storage, read_write> q: array<f32>;      // (T, H, d)
@group(0) @binding(3) var<storage, read_write> kCache: array<f32>; // (K, C, d)
@group(0) @binding(4) var<storage, read_write> vCache: array<f32>; // (K, C, d)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  let heads = params.H + 2u * params.K;
  let pairs = (params.d + 1u) / 2u;
  if (i >= step.T * heads * pairs) { return; }
  let pair = i % pairs;
  let h = i / pairs % heads;
  let t = i / pairs / heads;
  let pos = step.pos + t;
  if (pos >= params.C) { return; }

  let turns = pair < params.r / 2u;
  let split = turns && params.interleaved == 0u;
  let half = params.r / 2u / params.sections;
  let a = select(2u * pair, pair + pair / max(half, 1u) * half, split);
  let b = select(a + 1u, a + half, split);
  let source = (t * heads + h) * params.d;
  var u = qkv[source + a];
  var v = 0.0;
  if (b < params.d) { v = qkv[source + b]; }
  if (turns && h < params.H + params.K) {
    let turn = table[pos * (params.r / 2u) + pair];
    let turned = vec2f(u * turn.x - v * turn.y, v * turn.x + u * turn.y);
    u = turned.x;
    v = turned.y;
  }
  if (h < params.H) {
    let to = (t * params.H + h) * params.d;
    q[to + a] = u;
    if (b < params.d) { q[to + b] = v; }
  } else if (h < params.H + params.K) {
    let to = ((h - params.H) * params.C + pos) * params.d;
    kCache[to + a] = u;
    if (b < params.d) { kCache[to + b] = v; }
  } else {
    let to = ((h - params.H - params.K) * params.C + pos) * params.d;
    vCache[to + a] = u;
    if (b < params.d) { vCache[to + b] = v; }
  }
}
