// matmul by integer dot products of four: codes of W that are whole numbers times x as int8 (matmul-dot-inputs).
//
//   y = sum over blocks of 32: scale of x · (d · sum(q qx) + m · sum(qx))
//
// Two rows times up to four tokens per thread. Of few tokens sixteen threads share the rows, or there would not be work for
// all. Grid: (T / 4, N / (128 / lanes)). K is a multiple of 32.
requires packed_4x8_integer_dot_product;
#include grid
#include step
#include ints
#include matmul-params
#include matmul
@group(0) @binding(2) var<storage, read> scratch: array<vec4u>;        // (T, K / 32, 3) as matmul-dot-inputs left it
@group(0) @binding(3) var<storage, read> bias: array<f32>;             // (N), or one unused word
@group(0) @binding(4) var<storage, read_write> y: array<f32>;          // (T, yStride)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;
const threads: u32 = 64u;
const columns: u32 = 4u;

var<workgroup> sums: array<vec4f, threads * 2>;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let lanes = select(1u, 16u, step.T <= 8u);
  let perGroup = threads / lanes * 2u;
  let groups = (params.N + perGroup - 1u) / perGroup;
  let i = gridIndex(wid, num);
  let t = i / groups * columns;
  if (t >= step.T) { return; }
  let tokens = min(columns, step.T - t);
  let n = i % groups * perGroup + lane / lanes * 2u;
  let rows = min(vec2u(n, n + 1u), vec2u(params.N - 1u));
  let blocks = params.K / 32u;
  var a = vec4f();
  var b = vec4f();
  for (var k = lane % lanes; k < blocks; k += lanes) {
    let ca = codesAt(rows.x, k, params.K);
    let cb = codesAt(rows.y, k, params.K);
    let sa = scaleAt(rows.x, k, params.K, params.block);
    let sb = scaleAt(rows.y, k, params.K, params.block);
    for (var c = 0u; c < tokens; c++) {
      let at = ((t + c) * blocks + k) * 3u;
      let v = Codes(scratch[at], scratch[at + 1u]);
      let told = scratch[at + 2u];
      let sum = f32(bitcast<i32>(told.y));
      let p = bitcast<f32>(told.x) *
        vec2f(sa.x * f32(dotCodes(ca, v)) + sa.y * sum, sb.x * f32(dotCodes(cb, v)) + sb.y * sum);
      let own = vec4u(c) == vec4u(0u, 1u, 2u, 3u);
      a += select(vec4f(), vec4f(p.x), own);
      b += select(vec4f(), vec4f(p.y), own);
    }
  }
  sums[lane] = a;
  sums[threads + lane] = b;
  for (var half = lanes / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane % lanes < half) {
      sums[lane] += sums[lane + half];
      sums[threads + lane] += sums[threads + lane + half];
    }
  }
  if (lane % lanes != 0u) { return; }
  for (var c = 0u; c < tokens; c++) {
    put(t + c, n, sums[lane][c]);
    put(t + c, n + 1u, sums[threads + lane][c]);
  }
}
