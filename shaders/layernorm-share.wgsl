// layernorm with a row per subgroup, no barrier: `threads` lanes, at most the smallest subgroup, so that subgroupAdd sums all of
// the row. D is a multiple of 4.
enable subgroups;
#include grid
#include step
struct Params { D: u32, eps: f32, R: u32, own: u32, hasBias: u32 }
override threads: u32 = 4u;
@group(0) @binding(0) var<storage, read> x: array<vec4f>;          // (T * R, D / 4)
@group(0) @binding(1) var<storage, read> gain: array<vec4f>;       // (D / 4), own: (R, D / 4)
@group(0) @binding(2) var<storage, read> bias: array<vec4f>;       // (D / 4), as gain; unread without hasBias
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>;    // (T * R, D / 4)
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<uniform> step: Step;

fn mean(v: vec4f) -> f32 { return subgroupAdd(v.x + v.y + v.z + v.w) / f32(params.D); }

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let r = gridIndex(wid, num);
  if (r >= step.T * params.R) { return; }
  let quads = params.D / 4u;
  let first = r * quads;
  let g = select(0u, r % params.R * quads, params.own != 0u);
  var sums = vec4f();
  for (var i = lane; i < quads; i += threads) { sums += x[first + i]; }
  let middle = mean(sums);
  var left = vec4f();
  var squares = vec4f();
  for (var i = lane; i < quads; i += threads) {
    let d = x[first + i] - middle;
    left += d;
    squares += d * d;
  }
  let rest = mean(left);                                           // what the first mean rounded away
  let scale = inverseSqrt(max(mean(squares) - rest * rest, 0.0) + params.eps);
  for (var i = lane; i < quads; i += threads) {
    var v = (x[first + i] - middle - rest) * scale * gain[g + i];
    if (params.hasBias != 0u) { v += bias[g + i]; }
    y[first + i] = v;
  }
}
