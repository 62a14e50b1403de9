// matmul for few tokens and NF4 weights: for adapters that run WGSL on a CPU.
//
// There each code-book look-up is a load and a load costs as much as twenty multiplications. A table
// made once per x (matmul-pairs-table) turns two look-ups, two loads of x and two products into one load
// (after T-MAC, arXiv 2407.00088). Four rows per thread; grid: (T, N / 16). K is a multiple of 32.
#include grid
#include step
#include outputs
@group(0) @binding(0) var<storage, read> codes: array<vec4u>;      // (N, K / 32)
@group(0) @binding(1) var<storage, read> scales: array<f32>;       // (N * K / block)
@group(0) @binding(2) var<storage, read> scratch: array<f32>;      // table (T, K / 2, 256)
@group(0) @binding(6) var<uniform> step: Step;

// Eight weights: four bytes, each its own 256 entries.
fn wordDot(word: u32, at: u32) -> f32 {
  return scratch[at + (word & 255u)] + scratch[at + 256u + ((word >> 8u) & 255u)]
    + scratch[at + 512u + ((word >> 16u) & 255u)] + scratch[at + 768u + (word >> 24u)];
}

fn codesAt(n: u32, b: u32) -> vec4u { return codes[n * (params.K / 32u) + b]; }
fn scaleAt(n: u32, b: u32) -> f32 { return scales[(n * params.K + b * 32u) >> firstTrailingBit(params.block)]; }

@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let groups = (slots() + 15u) / 16u;
  let i = gridIndex(wid, num);
  let n = (i % groups * 4u + lane) * 4u;
  let t = i / groups;
  if (n >= slots() || t >= step.T) { return; }
  let r = vec4u(rowOf(n), rowOf(n + 1u), rowOf(n + 2u), rowOf(n + 3u));
  var sums = vec4f();
  for (var b = 0u; b < params.K / 32u; b++) {
    var c0 = codesAt(r.x, b);
    var c1 = codesAt(r.y, b);
    var c2 = codesAt(r.z, b);
    var c3 = codesAt(r.w, b);
    var own = vec4f();
    for (var w = 0u; w < rolled(4u); w++) {
      let at = t * params.K * 128u + b * 4096u + w * 1024u;
      own += vec4f(wordDot(c0.x, at), wordDot(c1.x, at), wordDot(c2.x, at), wordDot(c3.x, at));
      c0 = c0.yzwx;
      c1 = c1.yzwx;
      c2 = c2.yzwx;
      c3 = c3.yzwx;
    }
    sums += own * vec4f(scaleAt(r.x, b), scaleAt(r.y, b), scaleAt(r.z, b), scaleAt(r.w, b));
  }
  // rolled up, with a bound that is no constant: two copies of putPair take twice as long to compile
  var pairs = array<vec2f, 2>(sums.xy, sums.zw);
  for (var j = 0u; j < min(rolled(2u), slots() - n); j++) { putPair(t, n + 2u * j, pairs[j]); }
}
