// How a draw ends: what the record says of it, and what the next token runs with.
const tops: u32 = 20u; // the model's favourites in the record

fn write64(at: u32, x: vec2u) { record[at] = x.x; record[at + 1u] = x.y; }
// what a cut has left
fn note(at: u32, count: u32, mass: vec2u) { record[at] = count; write64(at + 1u, mass); }

fn plusBit(x: vec4u, bit: u32) -> vec4u {
  var sum = x;
  var more = 1u << (bit & 31u);
  for (var i = bit >> 5u; i < 4u; i++) {
    sum[i] += more;
    more = select(0u, 1u, sum[i] < more);
  }
  return sum;
}
// x · part / 2^63, rounded to 53 bits as the chain's product is, then up or down to a whole unit. So sums of equal weights, which
// are exact here and there, meet the goal where the chain's do.
fn share(x: vec2u, part: vec2u, up: bool) -> vec2u {
  var p = product64(x, part);
  var high = 0u;
  for (var i = 0u; i < 4u; i++) { if (p[i] != 0u) { high = 32u * i + firstLeadingBit(p[i]); } }
  if (high >= 53u) {
    p = plusBit(p, high - 53u);
    let cut = high - 52u;
    for (var i = 0u; i < 4u; i++) {
      if (cut >= 32u * i + 32u) { p[i] = 0u; } else if (cut > 32u * i) { p[i] &= 0xffffffffu << (cut - 32u * i); }
    }
  }
  let whole = vec2u((p.y >> 31u) | (p.z << 1u), (p.z >> 31u) | (p.w << 1u));
  let isMore = up && (p.x | (p.y & 0x7fffffffu)) != 0u;
  return add64(whole, vec2u(select(0u, 1u, isMore), 0u));
}

fn next(id: u32) {
  draws[0] += 1u;
  counts[id] += 1u;
  token[0] = id;
  steps[1] += 1u;
  steps[65] += 1u;
}
