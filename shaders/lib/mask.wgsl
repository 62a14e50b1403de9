// Which keys a query sees: every attention kernel asks here and nowhere else (ops/mask.ts is the same in TypeScript).
// A query at position i of a text of `total` tokens sees keys maskStart(i) <= j < maskEnd(i, total):
//   causal     keys up to its own; otherwise all there are
//   window     w > 0: those with |i - j| < w only
//   prefixed   keys before `prefix` are seen from everywhere (within the window), as in a prefix language model
// Both bounds never fall as i grows. What is not asked for is compiled away. Needs params.C, .window and .prefix.
override causal: u32 = 1u;
override prefixed: u32 = 0u;

fn maskEnd(i: u32, total: u32) -> u32 {
  var end = i + 1u;
  if (causal == 0u) { end = total; }
  if (prefixed != 0u) { end = max(end, min(params.prefix, total)); }
  if ((causal == 0u || prefixed != 0u) && params.window != 0u) { end = min(end, i + params.window); }
  return min(end, params.C);
}

fn maskStart(i: u32) -> u32 {
  return select(0u, i + 1u - params.window, params.window != 0u && i + 1u > params.window);
}
