// Last of three passes of attention for few tokens:  z[t, h] = sum_j scratch[t, h, j] v[g, j]
//
// One thread makes four outputs of four query rows of one group, so that a load of v serves four rows.
// Grid: (K groups, 4-row parts, d / 16). d is a multiple of 4.
#include grid
#include step
#include attention
@group(0) @binding(0) var<storage, read> vCache: array<vec4f>;       // (K, C, d / 4)
@group(0) @binding(1) var<storage, read_write> scratch: array<f32>;  // (T, H, C) weights
@group(0) @binding(2) var<storage, read_write> z: array<vec4f>;      // (T, H, d / 4)
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let quads = params.d / 4u;
  let groupSize = params.H / params.K;
  let rows = step.T * groupSize;
  let rowParts = (rows + 3u) / 4u;
  let dimParts = (quads + 3u) / 4u;
  let i = gridIndex(wid, num);
  let g = i / (rowParts * dimParts);
  if (g >= params.K) { return; }
  let row = i / dimParts % rowParts * 4u;
  let c = i % dimParts * 4u + lane;
  if (c >= quads) { return; }

  let r = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(rows - 1u));
  let head = (r / groupSize) * params.H + g * groupSize + r % groupSize;
  let t = r / groupSize;
  let start = vec4u(keysStart(t.x), keysStart(t.y), keysStart(t.z), keysStart(t.w));
  let end = vec4u(keysEnd(t.x), keysEnd(t.y), keysEnd(t.z), keysEnd(t.w));
  let at = head * params.C;
  var sums = mat4x4f();                                            // sums[row], four outputs each
  for (var j = start.x; j < end.w; j++) {
    let v = vCache[(g * params.C + j) * quads + c];
    let p = vec4f(scratch[at.x + j], scratch[at.y + j], scratch[at.z + j], scratch[at.w + j]);
    let seen = select(vec4f(), p, (vec4u(j) >= start) & (vec4u(j) < end));
    sums += mat4x4f(seen.x * v, seen.y * v, seen.z * v, seen.w * v);
  }
  for (var a = 0u; a < rolled(4u); a++) {
    if (row + a < rows) { z[head[a] * quads + c] = sums[a]; }
  }
}
