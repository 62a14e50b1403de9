// norm[0] = |g|, norm[1] = how many of its numbers are not finite: N numbers, partial sums of 256 threads added in their order.
#include grid
#include step
struct Params { N: u32 }
const threads: u32 = 256u;
@group(0) @binding(0) var<storage, read> g: array<f32>;
@group(0) @binding(1) var<storage, read_write> norm: array<f32>;   // (2)
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<uniform> step: Step;

var<workgroup> sums: array<f32, threads>;
var<workgroup> odd: array<f32, threads>;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  if (gridIndex(wid, num) > 0u) { return; }
  var parts = vec4f();
  var count = 0.0;
  for (var i = lane; i < params.N; i += threads) {
    let v = g[i];
    // an exponent of ones: no comparison is safe where a compiler takes all numbers for finite
    if ((bitcast<u32>(v) & 0x7f800000u) == 0x7f800000u) { count += 1.0; } else { parts[(i / threads) & 3u] += v * v; }
  }
  sums[lane] = parts.x + parts.y + parts.z + parts.w;
  odd[lane] = count;
  workgroupBarrier();
  if (lane > 0u) { return; }
  var total = 0.0;
  var wrong = 0.0;
  for (var i = 0u; i < threads; i++) {
    total += sums[i];
    wrong += odd[i];
  }
  norm[0] = sqrt(total);
  norm[1] = wrong;
}
