// How the keys of few queries are cut into slices, each its own workgroup, and how the last workgroup to finish joins them.
//
// Slices are whole tiles of 64 keys, at most `splits` of them. Each leaves for a query row
//   sum_j exp(s_j - m) v_j   (d)      m = max_j s_j      l = sum_j exp(s_j - m)
// in `partials`, an array<atomic<u32>> of zeros: tickets (T, H) first, then (T, H, slices, d + 2). Nothing but atomics is
// seen by other workgroups of a launch, in no order: so a part is stored as its bits turned over, where 0 is "not there yet";
// who gets the last ticket waits for each part, and puts the zeros back for the next launch.
override splits: u32 = 1u;

fn sliceLength() -> u32 {
  let tiles = (keysEnd(step.T - 1u) - keysStart(0u) + 63u) / 64u;
  return max(1u, (tiles + splits - 1u) / splits) * 64u;
}
fn sliceCount() -> u32 {
  let keys = keysEnd(step.T - 1u) - keysStart(0u);
  return max(1u, (keys + sliceLength() - 1u) / sliceLength());
}
fn partAt(head: u32, slices: u32, slice: u32) -> u32 {
  return step.T * params.H + (head * slices + slice) * (params.d + 2u);
}

fn putPart(at: u32, value: f32) {
  let bits = ~bitcast<u32>(value);
  atomicStore(&partials[at], select(bits, 0x803fffffu, bits == 0u));  // one NaN turned over is 0: another in its place
}

struct Joined { z: vec4f, lse: f32 }
// Four outputs of a query row, from c on:
//   M = max_i m_i     w_i = exp(m_i - M), or 0 where l_i = 0     z = sum_i w_i acc_i / sum_i w_i l_i     lse = M + ln sum_i w_i l_i
fn joined(head: u32, slices: u32, c: u32) -> Joined {
  var m = negInf;
  var l = 0.0;
  var acc = vec4f();
  for (var s = 0u; s < slices; s++) {
    let at = partAt(head, slices, s);
    var v = vec4u();
    var own = vec2u();
    for (var tries = 0u; tries < 1000000u; tries++) {
      v = vec4u(atomicLoad(&partials[at + c]), atomicLoad(&partials[at + c + 1u]), atomicLoad(&partials[at + c + 2u]), atomicLoad(&partials[at + c + 3u]));
      own = vec2u(atomicLoad(&partials[at + params.d]), atomicLoad(&partials[at + params.d + 1u]));
      if (all(v != vec4u()) && all(own != vec2u())) { break; }
    }
    let ml = bitcast<vec2f>(~own);
    let top = max(m, ml.x);
    let shrink = exp(m - top);
    let weight = select(0.0, exp(ml.x - top), ml.y > 0.0);
    m = top;
    l = l * shrink + ml.y * weight;
    acc = acc * shrink + bitcast<vec4f>(~v) * weight;
  }
  return Joined(acc / max(l, 1e-30), m + log(max(l, 1e-30)));
}
// Puts back the zeros of a query row's parts, when all threads have read them.
fn clearParts(head: u32, slices: u32, lane: u32, threads: u32) {
  for (var n = lane; n < slices * (params.d + 2u); n += threads) { atomicStore(&partials[partAt(head, slices, 0u) + n], 0u); }
}
