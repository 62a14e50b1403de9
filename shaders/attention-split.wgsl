// Attention for few tokens on a GPU in one launch: flash decoding (Dao et al. 2023). The keys are cut into up to `splits`
// slices, each its own workgroup; the last one of a row to finish joins them (lib/slices).
//
// A workgroup serves four query rows of one group, so that K and V are read once for them. Per 64 keys,
// each thread scores one key; then each owns up to four of the d outputs.
// Grid: (K groups, 4-row parts, slices). d is a multiple of 4, at most 256.
#include grid
#include step
#include attention
#include score-cap
#include score-bias
#include slices
#include cache
const tile: u32 = 64u;
@group(0) @binding(0) var<storage, read> q: array<vec4f>;            // (T, H, d / 4)
@group(0) @binding(1) var<storage, read> kCache: array<Quad>;        // (K, C, rowQuads)
@group(0) @binding(2) var<storage, read> vCache: array<Cell>;        // (K, C, rowCells)
@group(0) @binding(3) var<storage, read_write> z: array<f32>;        // (T, H, d)
@group(0) @binding(4) var<storage, read_write> lse: array<f32>;      // (T, H)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;
@group(0) @binding(7) var<storage, read> bias: array<f32>;           // (H or more), see score-bias
@group(0) @binding(8) var<storage, read_write> partials: array<atomic<u32>>;  // (T, H), (T, H, slices, d + 2)

var<workgroup> qs: array<vec4f, 256>;                                // four rows of scale * q, (4, d / 4)
var<workgroup> scores: array<vec4f, tile>;                           // [key] over rows
var<workgroup> weights: array<vec4f, tile>;
var<workgroup> ticket: u32;

fn outputOf(row: u32, i: u32, scale: f32) -> f32 { return select(0.0, valueOf(vCache[row + cellOf(i)], i, scale), i < params.d); }

@compute @workgroup_size(tile)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let d = params.d;
  let quads = d / 4u;
  let groupSize = params.H / params.K;
  let rows = step.T * groupSize;
  let rowParts = (rows + 3u) / 4u;
  let slices = sliceCount();
  let i = gridIndex(wid, num);
  let g = i / (rowParts * slices);
  if (g >= params.K) { return; }
  let row = i / slices % rowParts * 4u;
  let slice = i % slices;
  let r = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(rows - 1u));
  let t = r / groupSize;
  let h = g * groupSize + r % groupSize;
  let head = t * params.H + h;                                       // (t, h) of each row, flat
  let start = vec4u(keysStart(t.x), keysStart(t.y), keysStart(t.z), keysStart(t.w));
  let end = vec4u(keysEnd(t.x), keysEnd(t.y), keysEnd(t.z), keysEnd(t.w));

  for (var j = lane; j < 4u * quads; j += tile) { qs[j] = q[head[j / quads] * quads + j % quads] * params.scale; }
  workgroupBarrier();

  var m = vec4f(negInf);
  var l = vec4f();
  var acc = mat4x4f();                                               // acc[a] over rows: output lane + 64 a
  let first = keysStart(0u) + slice * sliceLength();
  let last = min(first + sliceLength(), keysEnd(step.T - 1u));
  for (var key = first; key < last; key += tile) {
    let mine = key + lane;
    var s = vec4f();
    if (mine < last) {
      let kAt = (g * params.C + mine) * rowQuads(quads);
      let scale = scaleOf(kCache[kAt + rowQuads(quads) - 1u]);
      for (var c = 0u; c < quads; c++) {
        s += valuesOf(kCache[kAt + c], scale) * mat4x4f(qs[c], qs[quads + c], qs[2u * quads + c], qs[3u * quads + c]);
      }
      if (capped != 0u) { s = capOf4(s); }
      if (biased != 0u) { s += biasAt4(h, step.pos + t, mine); }
    }
    let seen = (vec4u(mine) >= start) & (vec4u(mine) < min(end, vec4u(last)));
    s = select(vec4f(negInf), s, seen);
    scores[lane] = s;
    workgroupBarrier();
    let count = min(tile, last - key);
    var top = m;
    for (var j = 0u; j < count; j++) { top = max(top, scores[j]); }
    weights[lane] = select(vec4f(), exp(s - top), seen);
    workgroupBarrier();
    let shrink = exp(m - top);
    m = top;
    l *= shrink;
    acc = mat4x4f(acc[0] * shrink, acc[1] * shrink, acc[2] * shrink, acc[3] * shrink);
    for (var j = 0u; j < count; j++) {
      let p = weights[j];
      let vAt = (g * params.C + key + j) * rowCells(d);
      let scale = scaleIn(vCache[vAt + scaleCell(d)]);
      l += p;
      acc[0] += p * outputOf(vAt, lane, scale);
      if (d > 64u) { acc[1] += p * outputOf(vAt, lane + 64u, scale); }
      if (d > 128u) { acc[2] += p * outputOf(vAt, lane + 128u, scale); }
      if (d > 192u) { acc[3] += p * outputOf(vAt, lane + 192u, scale); }
    }
    workgroupBarrier();
  }
  let live = min(rolled(4u), rows - row);
  let done = m + log(max(l, vec4f(1e-30)));
  for (var a = 0u; a < live; a++) {
    for (var b = 0u; b < 4u; b++) {
      let output = lane + 64u * b;
      if (output >= d) { break; }
      if (slices == 1u) { z[head[a] * d + output] = acc[b][a] / max(l[a], 1e-30); }
      else { putPart(partAt(head[a], slices, slice) + output, acc[b][a]); }
    }
    if (lane == 0u) {
      if (slices == 1u) { lse[head[a]] = done[a]; }
      else {
        putPart(partAt(head[a], slices, slice) + d, m[a]);
        putPart(partAt(head[a], slices, slice) + d + 1u, l[a]);
      }
    }
  }
  if (slices == 1u) { return; }
  let own = i / slices;
  if (lane == 0u) { ticket = atomicAdd(&partials[own], 1u); }
  if (workgroupUniformLoad(&ticket) != slices - 1u) { return; }
  for (var j = lane; j < live * quads; j += tile) {
    let to = head[j / quads];
    let c = j % quads * 4u;
    let whole = joined(to, slices, c);
    for (var b = 0u; b < 4u; b++) { z[to * d + c + b] = whole.z[b]; }
    if (c == 0u) { lse[to] = whole.lse; }
  }
  storageBarrier();
  if (lane == 0u) { atomicStore(&partials[own], 0u); }
  for (var a = 0u; a < live; a++) { clearParts(head[a], slices, lane, tile); }
}
