// First pass of matmul-pairs: what every byte of NF4 codes would contribute at every pair of columns.
//   table[t, j, byte] = nf4[byte >> 4] x[t, 2j] + nf4[byte & 15] x[t, 2j + 1]
//
// One thread per pair and high nibble writes 16 entries.
#include grid
#include step
#include quants/nf4-book
#include matmul-params
@group(0) @binding(0) var<storage, read> x: array<vec2f>;              // (T, K / 2)
@group(0) @binding(1) var<storage, read_write> scratch: array<vec4f>;  // table (T, K / 2, 256 / 4)
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  let pair = i / 16u;
  if (pair >= step.T * params.K / 2u) { return; }
  let v = x[pair];
  let high = vec4f(codeBook[i % 16u] * v.x);
  const low = codeBook;
  scratch[i * 4u] = high + v.y * vec4f(low[0], low[1], low[2], low[3]);
  scratch[i * 4u + 1u] = high + v.y * vec4f(low[4], low[5], low[6], low[7]);
  scratch[i * 4u + 2u] = high + v.y * vec4f(low[8], low[9], low[10], low[11]);
  scratch[i * 4u + 3u] = high + v.y * vec4f(low[12], low[13], low[14], low[15]);
}
