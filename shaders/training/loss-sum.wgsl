// sum[0] += sum_r by[row + r] nll[row + r], in the order of the rows: what the losses of a step come to, so that one number of
// them is read back. A few hundred rows: one thread.
#include step
@group(0) @binding(0) var<storage, read> by: array<f32>;
@group(0) @binding(1) var<storage, read> nll: array<f32>;
@group(0) @binding(2) var<storage, read_write> sum: array<f32>;
@group(0) @binding(3) var<uniform> step: Step;

@compute @workgroup_size(1)
fn main() {
  var own = 0.0;
  for (var r = step.row; r < step.row + step.T; r++) { own += by[r] * nll[r]; }
  sum[0] += own;
}
