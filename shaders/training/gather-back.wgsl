// dw[at + ids[n] D + i] += sum over the tokens of word n of dy, in the order of the text: the gradient of an embedding.
//
// ids holds (word, first, count) for each of step.T different words, then, from triple `most` on, the tokens' places sorted by
// word. One thread per word and column: words that come twice have one owner.
#include grid
#include step
struct Params { D: u32, at: u32, most: u32 }
@group(0) @binding(0) var<storage, read> ids: array<u32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;           // (tokens, D)
@group(0) @binding(2) var<storage, read_write> dw: array<f32>;
@group(0) @binding(3) var<uniform> params: Params;
@group(0) @binding(4) var<uniform> step: Step;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let i = gridIndex(wid, num) * 64u + lane;
  if (i >= step.T * params.D) { return; }
  let n = i / params.D * 3u;
  let column = i % params.D;
  var sum = 0.0;
  for (var j = 0u; j < ids[n + 2u]; j++) { sum += dy[ids[3u * params.most + ids[n + 1u] + j] * params.D + column]; }
  dw[params.at + ids[n] * params.D + column] += sum;
}
