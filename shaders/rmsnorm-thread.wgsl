// rmsnorm with one thread per row and no barrier: for adapters that run WGSL on a CPU, where a
// barrier costs more than the row. Four partial sums, to round as little as a tree does.
#include grid
#include step
struct Params { D: u32, eps: f32, R: u32, own: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;            // (T * R, D)
@group(0) @binding(1) var<storage, read> gain: array<f32>;         // (D), own: (R, D)
@group(0) @binding(2) var<storage, read_write> y: array<f32>;      // (T * R, D)
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let r = gridIndex(wid, num) * 4u + lane;
  if (r >= step.T * params.R) { return; }
  let first = r * params.D;
  let g = select(0u, r % params.R * params.D, params.own != 0u);
  var sums = vec4f();
  var i = 0u;
  for (; i + 4u <= params.D; i += 4u) {
    let v = vec4f(x[first + i], x[first + i + 1u], x[first + i + 2u], x[first + i + 3u]);
    sums += v * v;
  }
  for (; i < params.D; i++) { sums.x += x[first + i] * x[first + i]; }
  let scale = inverseSqrt((sums.x + sums.y + sums.z + sums.w) / f32(params.D) + params.eps);
  for (i = 0u; i < params.D; i++) { y[first + i] = x[first + i] * scale * gain[g + i]; }
}
