// The way back through attention with four pairs of a query and a key side by side (training/lib/attention-back.wgsl).

struct Changes { p: vec4f, s: vec4f }

/// P and dS, from products of queries with keys and of gradients with values; 0 where the query does not see the key
fn changesOf(products: vec4f, pulls: vec4f, bias4: vec4f, lse4: vec4f, delta4: vec4f, seen: vec4<bool>) -> Changes {
  var score = products * params.scale;
  var slope = vec4f(params.scale);
  if (capped != 0u) {
    score = capOf4(score);
    slope *= 1.0 - score / params.cap * (score / params.cap);
  }
  let p = select(vec4f(), exp(min(score + bias4 - lse4, vec4f())), seen);
  return Changes(p, select(vec4f(), p * (pulls - delta4) * slope, seen));
}
