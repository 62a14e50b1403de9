// matmul for one token: rows of W in lanes, x spread over subgroups of eight lanes or more (lib/spread.wgsl).
// Grid: (T / columns, N / (2 pairs threads)). K is a multiple of 32.
enable subgroups;
#include grid
#include step
#include eights
#include inputs
#include outputs
@group(0) @binding(6) var<uniform> step: Step;
#include spread-8
#include spread-one
#include spread

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sg: u32) {
  spreadRows(gridIndex(wid, num), lane, sg);
}
