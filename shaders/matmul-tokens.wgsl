// matmul for many tokens, eight rows of W times eight tokens per thread, all in registers: for
// adapters that run WGSL on a CPU. Sixteen loads and eight dequantizations feed 64 products;
// a tile in workgroup memory would cost the same loads and barriers on top.
// Grid: (T / 8, N / 32). K is a multiple of 32.
#include grid
#include step
#include blocks
#include matmul
#include x-quads
@group(0) @binding(2) var<storage, read> x: array<vec4f>;          // (T, K / 4)
@group(0) @binding(3) var<storage, read> bias: array<f32>;         // (N), or one unused word
@group(0) @binding(4) var<storage, read_write> y: array<f32>;      // (T, yStride)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;
const threads: u32 = 4u;

struct Tokens { v: array<Quads, 8>, sums: mat2x4f }

// One block of one row against eight tokens.
fn rowDots(row: u32, b: u32, x8: Tokens) -> mat2x4f {
  let n = min(row, params.N - 1u);
  let w = blockAt(n, b, params.K);
  let scale = scaleAt(n, b, params.K, params.block);
  let products = scale.x * mat2x4f(
    dotQuads(w, x8.v[0]), dotQuads(w, x8.v[1]), dotQuads(w, x8.v[2]), dotQuads(w, x8.v[3]),
    dotQuads(w, x8.v[4]), dotQuads(w, x8.v[5]), dotQuads(w, x8.v[6]), dotQuads(w, x8.v[7]));
  if (hasOffset) { return products + scale.y * x8.sums; }
  return products;
}

fn tokensAt(t: u32, b: u32) -> Tokens {
  let v = array<Quads, 8>(xAt(t, b), xAt(t + 1u, b), xAt(t + 2u, b), xAt(t + 3u, b), xAt(t + 4u, b), xAt(t + 5u, b), xAt(t + 6u, b), xAt(t + 7u, b));
  var sums = mat2x4f();
  if (hasOffset) {
    sums = mat2x4f(sumQuads(v[0]), sumQuads(v[1]), sumQuads(v[2]), sumQuads(v[3]), sumQuads(v[4]), sumQuads(v[5]), sumQuads(v[6]), sumQuads(v[7]));
  }
  return Tokens(v, sums);
}

fn putRow(t: u32, n: u32, sums: mat2x4f) {
  put(t, n, sums[0].x);
  put(t + 1u, n, sums[0].y);
  put(t + 2u, n, sums[0].z);
  put(t + 3u, n, sums[0].w);
  put(t + 4u, n, sums[1].x);
  put(t + 5u, n, sums[1].y);
  put(t + 6u, n, sums[1].z);
  put(t + 7u, n, sums[1].w);
}

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  prepareBlocks(lane, threads);
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
    let x8 = tokensAt(t, b);
    a0 += rowDots(n, b, x8);
    a1 += rowDots(n + 1u, b, x8);
    a2 += rowDots(n + 2u, b, x8);
    a3 += rowDots(n + 3u, b, x8);
    a4 += rowDots(n + 4u, b, x8);
    a5 += rowDots(n + 5u, b, x8);
    a6 += rowDots(n + 6u, b, x8);
    a7 += rowDots(n + 7u, b, x8);
  }
  putRow(t, n, a0);
  putRow(t, n + 1u, a1);
  putRow(t, n + 2u, a2);
  putRow(t, n + 3u, a3);
  putRow(t, n + 4u, a4);
  putRow(t, n + 5u, a5);
  putRow(t, n + 6u, a6);
  putRow(t, n + 7u, a7);
}
