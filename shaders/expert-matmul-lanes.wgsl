// y[t, j, n] = sum_k W[chosen[t, j] N + n, k] x[t, k]                 (each: x[t, j, k])
//
// On a GPU: rows of the chosen experts shared among lanes (lib/lanes.wgsl). Grid: (T top, N / rows). K is a multiple of 32.
#include grid
#include step
#include blocks
#include experts
#include lanes
#include lanes-tree
@group(0) @binding(3) var<storage, read> chosen: array<f32>;       // (T, top)
@group(0) @binding(4) var<storage, read_write> y: array<f32>;      // (T, top, N)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;

fn put(pick: u32, n: u32, sum: f32) {
  if (n < params.N && rowOf(pick, n) < params.rows) { y[pick * params.N + n] = sum; }
}

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  prepareBlocks(lane, threads);
  let perGroup = threads / lanes;
  let groups = (params.N + perGroup * 2u - 1u) / (perGroup * 2u);
  let i = gridIndex(wid, num);
  let pick = i / groups;
  if (pick >= step.T * params.top) { return; }
  let first = i % groups * perGroup * 2u;
  let start = u32(chosen[pick]) * params.N;
  // nothing to do for a part that holds none of these rows
  let behind = start + min(first + perGroup * 2u, params.N);
  if (behind <= params.rowStart || start + first >= params.rowStart + params.rows) { return; }
  let n0 = first + lane / lanes;
  let n1 = n0 + perGroup;
  let sums = groupSums(dotRows(min(rowOf(pick, n0), params.rows - 1u), min(rowOf(pick, n1), params.rows - 1u), inputOf(pick), 1u, lane, lane % lanes), lane)[0];
  if (lane % lanes == 0u) {
    put(pick, n0, sums.x);
    put(pick, n1, sums.y);
  }
}
