// rmsnorm with a row per subgroup, no barrier: `threads` lanes, at most the smallest subgroup, so that subgroupAdd sums all of
// the row. D is a multiple of 4.
enable subgroups;
#include grid
#include step
struct Params { D: u32, eps: f32, R: u32, own: u32 }
override threads: u32 = 4u;
@group(0) @binding(0) var<storage, read> x: array<vec4f>;          // (T * R, D / 4)
@group(0) @binding(1) var<storage, read> gain: array<vec4f>;       // (D / 4), own: (R, D / 4)
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>;    // (T * R, D / 4)
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let r = gridIndex(wid, num);
  if (r >= step.T * params.R) { return; }
  let quads = params.D / 4u;
  let first = r * quads;
  let g = select(0u, r % params.R * quads, params.own != 0u);
  var sums = vec4f();
  for (var i = lane; i < quads; i += threads) {
    let v = x[first + i];
    sums += v * v;
  }
  let scale = inverseSqrt(subgroupAdd(sums.x + sums.y + sums.z + sums.w) / f32(params.D) + params.eps);
  for (var i = lane; i < quads; i += threads) { y[first + i] = x[first + i] * scale * gain[g + i]; }
}
