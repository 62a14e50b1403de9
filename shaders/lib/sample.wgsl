// A row of logits as the sampler's stages see it: scores in units of 2^-40, weights in units of 2^-44.
#include fixed
struct Params {
  V: u32,
  parts: u32,                          // into which the row is cut, see sample-best
  want: u32,                           // this many of the best are listed at least
  adjusted: u32,                       // 1: bias, bans or penalties change scores
  greedy: u32,
  topK: u32,                           // 0: off
  drawLow: u32, drawHigh: u32,         // log2(e) / temperature, units of 2^-43
  byLow: u32, byHigh: u32,             // repetition penalty r, units of 2^-56
  overLow: u32, overHigh: u32,         // 1 / r, units of 2^-56
  presenceLow: u32, presenceHigh: u32, // with their signs, units of 2^-40
  frequencyLow: u32, frequencyHigh: u32,
  topPLow: u32, topPHigh: u32,         // units of 2^-63; 2^63: off
  minPLow: u32, minPHigh: u32,         // units of 2^-44; 0: off
  slots: u32,                          // uniform numbers that `draws` holds
}
const listed: u32 = 512u;              // entries of the list, two vec4u each

// bits of an f32 in an order of whole numbers; both zeros are one
fn keyOf(bits: u32) -> u32 {
  if (bits == 0x80000000u) { return bits; }
  return select(bits | 0x80000000u, ~bits, (bits >> 31u) != 0u);
}
fn bitsOf(key: u32) -> u32 { return select(~key, key & 0x7fffffffu, (key >> 31u) != 0u); }

// the f32 with these bits, below 2^13 in magnitude, with its sign in units of 2^-40
fn fixedOf(bits: u32) -> vec2u {
  let exponent = (bits >> 23u) & 0xffu;
  if (exponent < 86u) { return vec2u(0u, 0u); } // below half a unit
  let mantissa = (bits & 0x7fffffu) | 0x800000u;
  var value: vec2u;
  if (exponent >= 110u) {
    let shift = exponent - 110u;                // at most 29
    value = vec2u(mantissa << shift, select(mantissa >> (32u - shift), 0u, shift == 0u));
  } else {
    let shift = 110u - exponent;                // at most 24
    value = vec2u((mantissa + (1u << (shift - 1u))) >> shift, 0u);
  }
  return select(value, sub64(vec2u(0u, 0u), value), (bits >> 31u) != 0u);
}

// |x| · by, with x's sign; by in units of 2^-56
fn scaled64(x: vec2u, by: vec2u) -> vec2u {
  let minus = negative64(x);
  let p = product64(select(x, sub64(vec2u(0u, 0u), x), minus), by);
  let rounded = add64(vec2u((p.y >> 24u) | (p.z << 8u), (p.z >> 24u) | (p.w << 8u)), vec2u((p.y >> 23u) & 1u, 0u));
  return select(rounded, sub64(vec2u(0u, 0u), rounded), minus);
}

// bias, then the penalties of a token that is in the history already
fn adjustedScore(own: vec2u, bias: vec2u, times: u32) -> vec2u {
  var score = add64(own, bias);
  if (times == 0u) { return score; }
  let by = vec2u(params.byLow, params.byHigh);
  let over = vec2u(params.overLow, params.overHigh);
  score = scaled64(score, select(over, by, negative64(score)));
  // rounded once, behind the product, as the chain rounds it: scores that are the same there are the same here.
  // The frequency is in units of 2^-53, times in 2^-43
  let frequency = vec2u(params.frequencyLow, params.frequencyHigh);
  let minus = negative64(frequency);
  let taken = scaled64(vec2u(0u, times << 11u), select(frequency, sub64(vec2u(0u, 0u), frequency), minus));
  score = sub64(score, vec2u(params.presenceLow, params.presenceHigh));
  return select(sub64(score, taken), add64(score, taken), minus);
}

// signed to unsigned, in order
fn ordered64(x: vec2u) -> vec2u { return vec2u(x.x, x.y ^ 0x80000000u); }

// place of a distance below the best: sixteen per power of two, so that both narrow and wide rows spread over them
fn binOf(distance: vec2u) -> u32 {
  let d = select((distance.y << 8u) | (distance.x >> 24u), 0xffffffffu, (distance.y >> 24u) != 0u) | 1u;
  let high = firstLeadingBit(d);
  return high * 16u + ((d << (31u - high)) >> 27u) - 16u;
}
