// glu-packed four at a time, for the two gates that most models have: act 0 (silu) and 2 (gelu_tanh). One division serves four
// outputs, and finding their row a second one: on a CPU a division of whole numbers costs as much as sixty multiplications.
// F is a multiple of 4.
#include grid
#include step
struct Params { F: u32, act: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;          // (T, 2F / 4)
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;    // (T, F / 4)
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  let quads = params.F / 4u;
  if (i >= step.T * quads) { return; }
  let at = i + i / quads * quads;
  let g = x[at];
  var gate = vec4f();
  if (params.act == 0u) { gate = g / (1.0 + exp(-clamp(g, vec4f(-80.0), vec4f(80.0)))); }
  else {
    let inner = 0.79788456 * g * (1.0 + 0.044715 * min(g * g, vec4f(1e6)));
    gate = 0.5 * g * (1.0 + tanh(clamp(inner, vec4f(-20.0), vec4f(20.0))));
  }
  y[i] = gate * x[at + quads];
}
