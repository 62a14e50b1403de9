// matmul for few tokens on a GPU: rows of W shared among lanes (lib/lanes.wgsl). Grid: (T, N / rows). K is a multiple of 32.
#include grid
#include step
#include blocks
#include matmul-params
#include matmul
#include lanes
@group(0) @binding(2) var<storage, read> x: array<vec4f>;          // (T, K / 4)
@group(0) @binding(3) var<storage, read> bias: array<f32>;         // (N), or one unused word
@group(0) @binding(4) var<storage, read_write> y: array<f32>;      // (T, yStride)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  prepareBlocks(lane, threads);
  let perGroup = threads / lanes;
  let groups = (params.N + perGroup * 2u - 1u) / (perGroup * 2u);
  let i = gridIndex(wid, num);
  let t = i / groups;
  if (t >= step.T) { return; }
  let n0 = i % groups * perGroup * 2u + lane / lanes;
  let n1 = n0 + perGroup;
  let sums = dotRows(min(n0, params.N - 1u), min(n1, params.N - 1u), t, lane);
  if (lane % lanes == 0u) {
    put(t, n0, sums.x);
    put(t, n1, sums.y);
  }
}
