// First of three passes that draw a token: the best score and the largest logit of every part of a row.
//
// Part j holds the tokens j, j + parts, j + 2 parts …: neighbours in the vocabulary are often alike, and would crowd one
// part. As many of the parts' best as are wanted say how good a token must be to be listed (sample-weigh).
#include grid
#include sample
@group(0) @binding(0) var<storage, read> logits: array<u32>;           // (V) f32, as bits
@group(0) @binding(1) var<storage, read_write> counts: array<u32>;     // (V) times in the history
@group(0) @binding(2) var<storage, read> bias: array<vec2u>;           // (V) units of 2^-40
@group(0) @binding(3) var<storage, read_write> scratch: array<vec4u>;  // (parts) best score, keys of the largest and smallest logit
@group(0) @binding(4) var<uniform> params: Params;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32) {
  let part = gridIndex(wid, num) * 64u + lane;
  if (part >= params.parts) { return; }
  var best = vec2u(0u, 0u);
  var large = 0u;
  var small = 0xffffffffu;
  for (var id = part; id < params.V; id += params.parts) {
    let bits = logits[id];
    if (((bits >> 23u) & 0xffu) >= 140u) { large = 0xffffffffu; continue; } // 2^13 and more, Inf, NaN: nothing is drawn
    let key = keyOf(bits);
    large = max(large, key);
    small = min(small, key);
    // a loop: software drivers go through both sides of a branch
    for (var once = params.adjusted != 0u; once; once = false) {
      let score = ordered64(adjustedScore(fixedOf(bits), bias[id], counts[id]));
      if (less64(best, score)) { best = score; }
    }
  }
  if (params.adjusted == 0u && large != 0xffffffffu) { best = ordered64(fixedOf(bitsOf(large))); }
  scratch[part] = vec4u(best, large, small);
}
