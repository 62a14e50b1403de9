// y[i] = Σ_k x[i + k threads] :  every vec4 of x is read once, neighbours by neighbouring threads.
//
// For measuring how fast memory is read; the sums keep a compiler from leaving the reads out.
#include grid
struct Params { n: u32 }
@group(0) @binding(0) var<storage, read> x: array<vec4f>;          // (n)
@group(0) @binding(1) var<storage, read_write> y: array<vec4f>;    // (threads)
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let threads = (params.n + 4095u) / 4096u * 64u;
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= threads) { return; }
  var sum = vec4f();
  for (var at = i; at < params.n; at += threads) { sum += x[at]; }
  y[i] = sum;
}
