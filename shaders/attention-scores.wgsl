// First of three passes of attention for few tokens, for adapters that run WGSL on a CPU:
//   scratch[t, h, j] = scale * q[t, h] . k[g, j], and what score-bias adds
//
// One thread scores four keys against four query rows, no barrier: loads are what costs there.
// Grid: (K groups, 4-row parts, 16-key parts). d is a multiple of 4.
#include grid
#include step
#include attention
#include score-cap
#include score-bias
@group(0) @binding(0) var<storage, read> q: array<vec4f>;            // (T, H, d / 4)
@group(0) @binding(1) var<storage, read> kCache: array<vec4f>;       // (K, C, d / 4)
@group(0) @binding(2) var<storage, read_write> scratch: array<f32>;  // (T, H, C)
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;
@group(0) @binding(5) var<storage, read> bias: array<f32>;           // (H or more), see score-bias

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let quads = params.d / 4u;
  let groupSize = params.H / params.K;
  let rows = step.T * groupSize;
  let rowParts = (rows + 3u) / 4u;
  let start = keysStart(0u);
  let end = keysEnd(step.T - 1u);
  let keyParts = (end - start + 15u) / 16u;
  let i = gridIndex(wid, num);
  let g = i / (rowParts * keyParts);
  if (g >= params.K) { return; }
  let row = i / keyParts % rowParts * 4u;
  let key = start + (i % keyParts * 4u + lane) * 4u;
  if (key >= end) { return; }

  let r = min(vec4u(row, row + 1u, row + 2u, row + 3u), vec4u(rows - 1u));
  let h = g * groupSize + r % groupSize;
  let head = (r / groupSize) * params.H + h;                              // (t, h) of each row, flat
  let j = min(vec4u(key, key + 1u, key + 2u, key + 3u), vec4u(end - 1u));
  let qAt = head * quads;
  let kAt = (g * params.C + j) * quads;
  var s = mat4x4f();                                               // s[row][key]
  for (var c = 0u; c < quads; c++) {
    let k = mat4x4f(kCache[kAt.x + c], kCache[kAt.y + c], kCache[kAt.z + c], kCache[kAt.w + c]);
    s += mat4x4f(q[qAt.x + c] * k, q[qAt.y + c] * k, q[qAt.z + c] * k, q[qAt.w + c] * k);
  }
  for (var b = 0u; b < rolled(4u); b++) {
    if (key + b < end) {
      for (var a = 0u; a < rolled(4u); a++) {
        if (row + a < rows) {
          var score = s[a][b] * params.scale;
          if (capped != 0u) { score = capOf(score); }
          if (biased != 0u) { score += biasAt(h[a], step.pos + (row + a) / groupSize, key + b); }
          scratch[head[a] * params.C + key + b] = score;
        }
      }
    }
  }
}
