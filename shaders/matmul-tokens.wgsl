// matmul for many tokens, eight rows of W times eight tokens per thread, all in registers: for
// adapters that run WGSL on a CPU. Sixteen loads and eight dequantizations feed 64 products;
// a tile in workgroup memory would cost the same loads and barriers on top.
// Grid: (T / 8, N / 32). K is a multiple of 32.
#include grid
#include step
#include weights
#include matmul-params
#include matmul
@group(0) @binding(2) var<storage, read> x: array<vec4f>;          // (T, K / 4)
@group(0) @binding(3) var<storage, read> bias: array<f32>;         // (N), or one unused word
@group(0) @binding(4) var<storage, read_write> y: array<f32>;      // (T, yStride)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;
const threads: u32 = 4u;

struct Tokens { v: array<mat2x4f, 8> }

// Eight columns of one row against eight tokens.
fn octDots(row: u32, b: u32, w: u32, scale: vec2f, x8: Tokens) -> mat2x4f {
  let o = octAt(min(row, params.N - 1u), b, w, params.K);
  let low = scale.x * o[0] + scale.y;
  let high = scale.x * o[1] + scale.y;
  return mat2x4f(
    dot(low * x8.v[0][0] + high * x8.v[0][1], vec4f(1.0)), dot(low * x8.v[1][0] + high * x8.v[1][1], vec4f(1.0)),
    dot(low * x8.v[2][0] + high * x8.v[2][1], vec4f(1.0)), dot(low * x8.v[3][0] + high * x8.v[3][1], vec4f(1.0)),
    dot(low * x8.v[4][0] + high * x8.v[4][1], vec4f(1.0)), dot(low * x8.v[5][0] + high * x8.v[5][1], vec4f(1.0)),
    dot(low * x8.v[6][0] + high * x8.v[6][1], vec4f(1.0)), dot(low * x8.v[7][0] + high * x8.v[7][1], vec4f(1.0)));
}

fn xAt(token: u32, at: vec2u) -> mat2x4f {
  let i = at + min(token, step.T - 1u) * (params.K / 4u);
  return mat2x4f(x[i.x], x[i.y]);
}

fn scaleOf(row: u32, b: u32) -> vec2f { return scaleAt(min(row, params.N - 1u), b, params.K, params.block); }

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let groups = (params.N + 31u) / 32u;
  let i = gridIndex(wid, num);
  let n = (i % groups * threads + lane) * 8u;
  let t = i / groups * 8u;
  if (n >= params.N || t >= step.T) { return; }
  var a0 = mat2x4f();
  var a1 = mat2x4f();
  var a2 = mat2x4f();
  var a3 = mat2x4f();
  var a4 = mat2x4f();
  var a5 = mat2x4f();
  var a6 = mat2x4f();
  var a7 = mat2x4f();
  for (var b = 0u; b < params.K / 32u; b++) {
    let s0 = scaleOf(n, b);
    let s1 = scaleOf(n + 1u, b);
    let s2 = scaleOf(n + 2u, b);
    let s3 = scaleOf(n + 3u, b);
    let s4 = scaleOf(n + 4u, b);
    let s5 = scaleOf(n + 5u, b);
    let s6 = scaleOf(n + 6u, b);
    let s7 = scaleOf(n + 7u, b);
    for (var w = 0u; w < 4u; w++) {
      let at = octColumns(w) + b * 8u;
      let x8 = Tokens(array<mat2x4f, 8>(xAt(t, at), xAt(t + 1u, at), xAt(t + 2u, at), xAt(t + 3u, at), xAt(t + 4u, at), xAt(t + 5u, at), xAt(t + 6u, at), xAt(t + 7u, at)));
      a0 += octDots(n, b, w, s0, x8);
      a1 += octDots(n + 1u, b, w, s1, x8);
      a2 += octDots(n + 2u, b, w, s2, x8);
      a3 += octDots(n + 3u, b, w, s3, x8);
      a4 += octDots(n + 4u, b, w, s4, x8);
      a5 += octDots(n + 5u, b, w, s5, x8);
      a6 += octDots(n + 6u, b, w, s6, x8);
      a7 += octDots(n + 7u, b, w, s7, x8);
    }
  }
  // Rolled up, to a bound that no compiler knows: 64 copies of put() are nine tenths of what Mesa's takes to compile this.
  var sums = array<mat2x4f, 8>(a0, a1, a2, a3, a4, a5, a6, a7);
  let count = min(8u, step.T - t);
  for (var j = 0u; j < count * 8u; j++) { put(t + j / 8u, n + j % 8u, sums[j % 8u][j / 32u][j / 8u % 4u]); }
}
