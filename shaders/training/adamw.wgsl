// AdamW (Loshchilov & Hutter 2019) on N numbers from `at` on of all that learn:
//   c = min(1, clip / (|g| + 1e-6));  m <- b1 m + (1 - b1) c g;  v <- b2 v + (1 - b2) (c g)^2
//   w <- w (1 - lr decay) - lr (m / fix1) / (sqrt(v / fix2) + eps)         fix = 1 - b^step, by the host
// A gradient with a number that is not finite changes nothing.
#include grid
#include step
struct Params { N: u32, at: u32, decays: u32 }
@group(0) @binding(0) var<storage, read> g: array<f32>;
@group(0) @binding(1) var<storage, read> norm: array<f32>;         // |g|, numbers that are not finite
@group(0) @binding(2) var<storage, read> rates: array<f32>;        // lr, b1, b2, eps, decay, clip, fix1, fix2
@group(0) @binding(3) var<storage, read_write> w: array<f32>;
@group(0) @binding(4) var<storage, read_write> m: array<f32>;
@group(0) @binding(5) var<storage, read_write> v: array<f32>;
@group(0) @binding(6) var<uniform> params: Params;
@group(0) @binding(7) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= params.N || norm[1] > 0.0) { return; }
  let at = params.at + i;
  let lr = rates[0];
  let clip = select(1.0, min(1.0, rates[5] / (norm[0] + 1e-6)), rates[5] > 0.0);
  let slope = clip * g[at];
  let first = rates[1] * m[at] + (1.0 - rates[1]) * slope;
  let second = rates[2] * v[at] + (1.0 - rates[2]) * slope * slope;
  m[at] = first;
  v[at] = second;
  let decay = select(0.0, rates[4], params.decays != 0u);
  w[at] = w[at] * (1.0 - lr * decay) - lr * (first / rates[6]) / (sqrt(second / rates[7]) + rates[3]);
}
