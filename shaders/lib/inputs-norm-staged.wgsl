// In the place of inputs: x is normed on the way; the first 64 threads of a workgroup find mean and scale (rmsnorm.wgsl,
// layernorm.wgsl). For kernels whose threads meet: 64 of them at least.
#include norm-inputs
const normThreads: u32 = 64u;
var<workgroup> normPartial: array<vec2f, 128>;                     // (2, normThreads) for the mean, and for what is left of it

// One loop for both: drivers that run WGSL on a CPU compile every copy of a barrier, and all that lives across it.
fn prepareInputs(t: u32, lane: u32, threads: u32) {
  let first = inputRow(t);
  let isMeanless = params.norm == 1u;
  var rest = vec2f();
  for (var turn = select(0u, 1u, isMeanless); turn < 2u; turn++) {
    var own = vec2f();
    for (var i = select(params.K, lane, lane < normThreads); i < params.K; i += normThreads) {
      let d = x[first + i / 4u][i & 3u] - normMean;
      own += vec2f(d, d * d);
    }
    let at = turn * normThreads;
    if (lane < normThreads) { normPartial[at + lane] = own; }
    for (var half = rolled(normThreads / 2u); ; half /= 2u) {
      workgroupBarrier();
      if (half == 0u) { break; }
      if (lane < half) { normPartial[at + lane] += normPartial[at + lane + half]; }
    }
    rest = normPartial[at] / f32(params.K);
    if (turn == 0u) { normMean = rest.x; }
  }
  scaleFrom(select(rest, vec2f(0.0, rest.y), isMeanless));
}
