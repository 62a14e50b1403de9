// What is added to the scaled score of a query and a key (ops/mask.ts): needs the binding `bias` and params.reach.
//   biased 1   bias (H): a slope per head times the distance key - query (ALiBi, arXiv 2108.12409)
//   biased 2   bias (H, 2 reach + 1): one number per head and distance, those beyond reach as at reach (T5, arXiv 1910.10683)
//   biased 3   bias (H, reach, reach): one number per head, query and key
//   biased 4   bias (C, H): one number per key's position and head, wherever the query stands (model/alibi.ts)
override biased: u32 = 0u;

fn biasAt(h: u32, query: u32, key: u32) -> f32 {
  if (biased == 3u) { return bias[(h * params.reach + query) * params.reach + key]; }
  if (biased == 4u) { return bias[key * params.H + h]; }
  let away = i32(key) - i32(query);
  if (biased == 1u) { return bias[h] * f32(away); }
  let reach = i32(params.reach);
  return bias[h * (2u * params.reach + 1u) + u32(clamp(away, -reach, reach) + reach)];
}

// The same for four rows (their heads and positions) and one key.
fn biasAt4(h: vec4u, query: vec4u, key: u32) -> vec4f {
  return vec4f(biasAt(h.x, query.x, key), biasAt(h.y, query.y, key), biasAt(h.z, query.z, key), biasAt(h.w, query.w, key));
}

// The same for one row (its head and position) and four keys from `key` on.
fn biasOfKeys(h: u32, query: u32, key: u32) -> vec4f {
  var sum = vec4f();
  for (var n = 0u; n < 4u; n++) { sum[n] = biasAt(h, query, key + n); }
  return sum;
}
