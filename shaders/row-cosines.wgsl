// y[i] = W[first + i] . x / (|W[first + i]| |x|),  0 where one of them is all zeros
//
// One thread per row, dequantized once for dot product and length. A weight split by rows over several buffers is
// walked once per part: each part writes only the rows it holds.
#include grid
#include weights
struct Params { D: u32, block: u32, rowStart: u32, rows: u32, first: u32, count: u32 }
@group(0) @binding(2) var<storage, read> x: array<f32>;            // (D)
@group(0) @binding(3) var<storage, read_write> y: array<f32>;      // (count)
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  let n = params.first + i - params.rowStart;
  if (i >= params.count || n >= params.rows) { return; }
  var dot = 0.0;
  var own = 0.0;
  var other = 0.0;
  for (var k = 0u; k < params.D; k++) {
    let w = weightAt(n, k, params.D, params.block);
    let v = x[k];
    dot += w * v;
    own += w * w;
    other += v * v;
  }
  let lengths = sqrt(own) * sqrt(other);
  y[i] = select(0.0, dot / lengths, lengths > 0.0);
}
