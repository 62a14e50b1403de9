// matmul for many tokens: every lane reads one token's x, and the subgroup shares it by broadcast from constant lanes.
//
// A load costs a CPU fifteen multiplications and a broadcast less than one, so tiles of rows in lanes x 16 tokens spend their
// time multiplying (lib/sixteen.wgsl). No workgroup memory, no barrier: any workgroup size will do. Lane i reads tokens i % 8
// and 8 + i % 8. Needs subgroups of eight lanes or more. Grid: (T / 16, N / (rows threads)). K is a multiple of 32.
enable subgroups;
#include grid
#include step
#include eights
#include matmul-params
#include matmul
#include sixteen
@group(0) @binding(2) var<storage, read> x: array<vec4f>;          // (T, K / 4)
@group(0) @binding(3) var<storage, read> bias: array<f32>;         // (N), or one unused word
@group(0) @binding(4) var<storage, read_write> y: array<f32>;      // (T, yStride)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;
const span: u32 = 8u;                                              // lanes that a look-up may count on

var<private> own: vec2u;                                           // where the x of the lane's two tokens begin
fn stage(b: u32) {}
fn low(v: vec4f) -> mat4x4f { return mat4x4f(subgroupBroadcast(v, 0u), subgroupBroadcast(v, 1u), subgroupBroadcast(v, 2u), subgroupBroadcast(v, 3u)); }
fn high(v: vec4f) -> mat4x4f { return mat4x4f(subgroupBroadcast(v, 4u), subgroupBroadcast(v, 5u), subgroupBroadcast(v, 6u), subgroupBroadcast(v, 7u)); }
fn eightAt(b: u32, j: u32, h: u32) -> Eight {
  let v = x[own[h] + b * 8u + j] * place;
  return Eight(low(v), high(v));
}

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sg: u32) {
  let i = gridIndex(wid, num);
  let t = firstToken(i);
  if (t >= step.T) { return; }
  prepareEights(sg);
  own = min(vec2u(t, t + 8u) + sg % 8u, vec2u(step.T - 1u)) * (params.K / 4u);
  sixteenTokens(i, lane);
}
