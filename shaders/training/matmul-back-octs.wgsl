// matmul-back where blocks are whole: eight columns times eight tokens per thread, all sums in registers, W decoded once for
// eight tokens. Neighbouring threads read neighbouring words of a row.
#include grid
#include step
#include weights
#include training/lib/matmul-back-params
@group(0) @binding(2) var<storage, read> dy: array<f32>;           // (T, yStride)
@group(0) @binding(3) var<storage, read_write> dx: array<vec4f>;   // (T, K / 4)
@group(0) @binding(4) var<uniform> params: Params;
@group(0) @binding(5) var<uniform> step: Step;
override threads: u32 = 32u;

fn put(t: u32, at: vec2u, sum: mat2x4f) {
  if (t >= step.T) { return; }
  let row = t * (params.K / 4u);
  let adds = params.accumulate != 0u;
  dx[row + at.x] = select(vec4f(), dx[row + at.x], adds) + sum[0];
  dx[row + at.y] = select(vec4f(), dx[row + at.y], adds) + sum[1];
}

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let octs = params.K / 8u;
  let groups = (octs + threads - 1u) / threads;
  let i = gridIndex(wid, num);
  let oct = i % groups * threads + lane;
  let t = i / groups * 8u;
  if (oct >= octs || t >= step.T) { return; }
  let b = oct / 4u;
  let w = oct % 4u;
  let last = step.T - 1u;
  let r0 = min(vec4u(t, t + 1u, t + 2u, t + 3u), vec4u(last)) * params.yStride + params.yOffset;
  let r1 = min(vec4u(t + 4u, t + 5u, t + 6u, t + 7u), vec4u(last)) * params.yStride + params.yOffset;
  var a0 = mat2x4f(); var a1 = mat2x4f(); var a2 = mat2x4f(); var a3 = mat2x4f();
  var a4 = mat2x4f(); var a5 = mat2x4f(); var a6 = mat2x4f(); var a7 = mat2x4f();
  for (var n = 0u; n < params.N; n++) {
    let scale = scaleAt(n, b, params.K, params.block);
    var o = scale.x * octAt(n, b, w, params.K);
    if (hasOffset) { o += mat2x4f(vec4f(scale.y), vec4f(scale.y)); }
    a0 += dy[r0.x + n] * o; a1 += dy[r0.y + n] * o; a2 += dy[r0.z + n] * o; a3 += dy[r0.w + n] * o;
    a4 += dy[r1.x + n] * o; a5 += dy[r1.y + n] * o; a6 += dy[r1.z + n] * o; a7 += dy[r1.w + n] * o;
  }
  let at = b * 8u + octColumns(w);
  put(t, at, a0); put(t + 1u, at, a1); put(t + 2u, at, a2); put(t + 3u, at, a3);
  put(t + 4u, at, a4); put(t + 5u, at, a5); put(t + 6u, at, a6); put(t + 7u, at, a7);
}
