// What the backward kernels of attention share: scores made anew from queries and keys, and how the loss changes with one.
//   P = exp(score - lse)        dS = P (dz . v - delta) scale,  times 1 - (score / cap)^2 where scores are capped
// The text lies from position 0 on, so that entry j of the caches is token j.

fn scoreOf(t: u32, h: u32, j: u32) -> f32 {
  let begin = (t * params.H + h) * params.d;
  let key = (h / (params.H / params.K) * params.C + j) * params.d;
  var sums = vec4f();
  for (var i = 0u; i < params.d; i++) { sums[i & 3u] += q[begin + i] * kCache[key + i]; }
  return (sums.x + sums.y + sums.z + sums.w) * params.scale;
}

/// (P, dS) of query t's head h and key j
fn changesOf(t: u32, h: u32, j: u32) -> vec2f {
  let row = t * params.H + h;
  var score = scoreOf(t, h, j);
  var slope = params.scale;
  if (capped != 0u) {
    let held = capOf(score);
    slope *= 1.0 - held / params.cap * (held / params.cap);
    score = held;
  }
  if (biased != 0u) { score += biasAt(h, t, j); }
  let p = exp(min(score - lse[row], 0.0));
  let value = (h / (params.H / params.K) * params.C + j) * params.d;
  var sums = vec4f();
  for (var i = 0u; i < params.d; i++) { sums[i & 3u] += dz[row * params.d + i] * vCache[value + i]; }
  return vec2f(p, p * (sums.x + sums.y + sums.z + sums.w - delta[row]) * slope);
}
