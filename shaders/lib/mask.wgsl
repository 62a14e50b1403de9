// Which keys a query sees: every attention kernel asks here and nowhere else (ops/mask.ts is the same in TypeScript).
// A query at position i sees keys maskStart(i) <= j < maskEnd(i, prefix); the first `prefix` keys of a run are those that
// every query sees:
//   causal     keys up to its own; otherwise the prefix: the text of an encoder, the source of cross-attention
//   prefixed   keys up to its own and the prefix, as in a prefix language model
//   window     w > 0: those with |i - j| < w only
// Both bounds never fall as i grows. What is not asked for is compiled away. Needs params.C and .window.
override causal: u32 = 1u;
override prefixed: u32 = 0u;

fn maskEnd(i: u32, prefix: u32) -> u32 {
  var end = i + 1u;
  if (causal == 0u) { end = prefix; }
  if (prefixed != 0u) { end = max(end, prefix); }
  if ((causal == 0u || prefixed != 0u) && params.window != 0u) { end = max(maskStart(i), min(end, i + params.window)); }
  return min(end, params.C);
}

fn maskStart(i: u32) -> u32 {
  return select(0u, i + 1u - params.window, params.window != 0u && i + 1u > params.window);
}
