// y[t] = 1/n Σ x[i] over the n = step.prefix rows of a text that is read whole: the same in every row that is asked for.
#include grid
#include step
struct Params { D: u32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;            // (n, D)
@group(0) @binding(1) var<storage, read_write> y: array<f32>;      // (T, D)
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.D) { return; }
  // in groups: of thousands of rows one sum would lose the last digits of each
  var sum = 0.0;
  for (var first = 0u; first < step.prefix; first += 64u) {
    var part = 0.0;
    for (var row = first; row < min(first + 64u, step.prefix); row++) { part += x[row * params.D + i % params.D]; }
    sum += part;
  }
  y[i] = sum / f32(step.prefix);
}
