// matmul for few tokens on a GPU with subgroups: as matmul-lanes, with shuffles in place of a tree and its barriers.
// Grid: (T / columns, N / rows). K is a multiple of 32.
enable subgroups;
#include grid
#include step
#include blocks
#include outputs
#include lanes
#include lanes-shuffle
@group(0) @binding(6) var<uniform> step: Step;

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sg: u32) {
  prepareBlocks(lane, threads);
  let perGroup = threads / lanes;
  let groups = (slots() + perGroup * 2u - 1u) / (perGroup * 2u);
  let i = gridIndex(wid, num);
  let t = i / groups * columns;
  if (t >= step.T) { return; }
  let tokens = min(rolled(columns), step.T - t);
  let slot = (i % groups * perGroup + groupNumber(lane, sg)) * 2u;
  var sums = groupSums(dotRows(rowOf(slot), rowOf(slot + 1u), t, tokens, lane, sg % lanes));
  if (sg % lanes == 0u) {
    for (var c = 0u; c < tokens; c++) { putPair(t + c, slot, sums[c]); }
  }
  finish(t, i % groups, lane);
}
