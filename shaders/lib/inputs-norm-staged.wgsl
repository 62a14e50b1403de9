// In the place of inputs: x is normed on the way; the first 64 threads of a workgroup find mean and scale (rmsnorm.wgsl,
// layernorm.wgsl). For kernels whose threads meet: 64 of them at least.
#include norm-inputs
const normThreads: u32 = 64u;
var<workgroup> normPartial: array<vec2f, normThreads>;

fn normTotal(lane: u32, own: vec2f) -> vec2f {
  workgroupBarrier();
  if (lane < normThreads) { normPartial[lane] = own; }
  for (var half = normThreads / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane < half) { normPartial[lane] += normPartial[lane + half]; }
  }
  workgroupBarrier();
  return normPartial[0];
}
fn prepareInputs(t: u32, lane: u32, threads: u32) {
  let first = inputRow(t);
  let columns = f32(params.K);
  let start = select(params.K, lane, lane < normThreads);
  var left = vec2f();
  if (params.norm == 1u) {
    for (var i = start; i < params.K; i += normThreads) {
      let v = x[first + i / 4u][i & 3u];
      left.y += v * v;
    }
  } else {
    var sum = 0.0;
    for (var i = start; i < params.K; i += normThreads) { sum += x[first + i / 4u][i & 3u]; }
    normMean = normTotal(lane, vec2f(sum, 0.0)).x / columns;
    for (var i = start; i < params.K; i += normThreads) {
      let d = x[first + i / 4u][i & 3u] - normMean;
      left += vec2f(d, d * d);
    }
  }
  scaleFrom(normTotal(lane, left) / columns);
}
