// y[t, i] += W[position + offset, i]: a learned row for each position, pos + t where there is one text
//
// One thread per element. A weight split by rows over several buffers runs once per part: each adds only the rows that
// it holds.
#include grid
#include step
#include strands
#include weights
struct Params { D: u32, block: u32, rowStart: u32, rows: u32, offset: u32 }
@group(0) @binding(2) var<storage, read_write> y: array<f32>;      // (T, D)
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.D) { return; }
  let n = strandPosition(step.pos + i / params.D) + params.offset - params.rowStart;
  if (n >= params.rows) { return; }
  y[i] += weightAt(n, i % params.D, params.D, params.block);
}
