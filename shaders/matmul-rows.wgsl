// matmul for few tokens, eight whole rows of W per thread and no reduction: for adapters that run
// WGSL on a CPU. There a load costs as much as twenty multiplications, so a block of x is loaded
// once for eight rows, eight columns at a time. Grid: (T, N / 32). K is a multiple of 32.
#include grid
#include step
#include weights
#include inputs
#include outputs
@group(0) @binding(6) var<uniform> step: Step;
const threads: u32 = 4u;

// Eight columns of one row against eight numbers of x.
fn octDot(slot: u32, b: u32, w: u32, v: mat2x4f) -> f32 {
  let o = octAt(rowOf(slot), b, w, params.K);
  return dot(o[0] * v[0] + o[1] * v[1], vec4f(1.0));
}

fn scaled(slot: u32, b: u32, product: f32, sum: f32) -> f32 {
  let scale = scaleAt(rowOf(slot), b, params.K, params.block);
  if (hasOffset) { return scale.x * product + scale.y * sum; }
  return scale.x * product;
}

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let groups = (slots() + 31u) / 32u;
  let i = gridIndex(wid, num);
  let n = (i % groups * threads + lane) * 8u;
  let t = i / groups;
  if (n >= slots() || t >= step.T) { return; }
  prepareInputs(t, lane, threads);
  let row = inputRow(t);
  var low = vec4f();                                               // rows n to n + 3
  var high = vec4f();                                              // rows n + 4 to n + 7
  for (var b = 0u; b < params.K / 32u; b++) {
    var p = vec4f();
    var q = vec4f();
    var sums = vec4f();
    for (var w = 0u; w < 4u; w++) {
      let at = octColumns(w) + b * 8u;
      let v = mat2x4f(inputAt(row, at.x), inputAt(row, at.y));
      if (hasOffset) { sums += v[0] + v[1]; }
      p += vec4f(octDot(n, b, w, v), octDot(n + 1u, b, w, v), octDot(n + 2u, b, w, v), octDot(n + 3u, b, w, v));
      q += vec4f(octDot(n + 4u, b, w, v), octDot(n + 5u, b, w, v), octDot(n + 6u, b, w, v), octDot(n + 7u, b, w, v));
    }
    let sum = dot(sums, vec4f(1.0));
    low += vec4f(scaled(n, b, p.x, sum), scaled(n + 1u, b, p.y, sum), scaled(n + 2u, b, p.z, sum), scaled(n + 3u, b, p.w, sum));
    high += vec4f(scaled(n + 4u, b, q.x, sum), scaled(n + 5u, b, q.y, sum), scaled(n + 6u, b, q.z, sum), scaled(n + 7u, b, q.w, sum));
  }
  // Rolled up on purpose, with a bound that is no constant: a copy of putPair for every pair is most of the compile time.
  var sums = array<vec2f, 4>(low.xy, low.zw, high.xy, high.zw);
  for (var j = 0u; j < min(rolled(4u), slots() - n); j++) { putPair(t, n + 2u * j, sums[j]); }
}
