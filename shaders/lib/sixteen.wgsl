// Rows of W times sixteen tokens: lane = row, up to four rows per thread, `threads` apart; weights go straight to registers,
// and each is decoded once for sixteen products. All threads run all of it: rows and tokens beyond the last are computed again
// and dropped, so that barriers and broadcasts lie in uniform control flow.
//
// Kernels that include this give x: stage(b) before block b is asked for, eightAt(j, h) one quad of columns, j of the block,
// of tokens 8 h to 8 h + 7, each times `place`; and weights: octAt, scaleAt … (lib/eights, lib/words).
override threads: u32 = 64u;
override rows: u32 = 4u;                                           // per thread: 4, 2 or 1
const lift = vec4f(1.0) / place;

struct Eight { low: mat4x4f, high: mat4x4f }

fn scaleOf(n: u32, b: u32) -> vec2f { return scaleAt(n, b, params.K, params.block); }

// Eight weights, `lift` times too large: x is as much too small.
fn scaled(n: u32, b: u32, w: u32, s: vec2f) -> mat2x4f {
  let o = octAt(n, b, w, params.K);
  if (hasOffset) { return mat2x4f(s.x * o[0] + s.y * lift, s.x * o[1] + s.y * lift); }
  return mat2x4f(s.x * o[0], s.x * o[1]);
}

// Workgroups side by side over N; tokens from firstToken(i) on.
fn groups() -> u32 { return (params.N + rows * threads - 1u) / (rows * threads); }
fn firstToken(i: u32) -> u32 { return i / groups() * 16u; }

fn sixteenTokens(i: u32, lane: u32) {
  let n = i % groups() * rows * threads + lane;
  let t = firstToken(i);
  let r = min(vec4u(n, n + threads, n + 2u * threads, n + 3u * threads), vec4u(params.N - 1u));
  var a0 = mat4x4f(); var a1 = mat4x4f(); var a2 = mat4x4f(); var a3 = mat4x4f();    // a row each: [token / 4][token % 4]
  for (var b = 0u; b < params.K / 32u; b++) {
    var s1 = vec2f(); var s2 = vec2f(); var s3 = vec2f();
    let s0 = scaleOf(r.x, b);
    if (rows > 1u) { s1 = scaleOf(r.y, b); }
    if (rows > 2u) { s2 = scaleOf(r.z, b); s3 = scaleOf(r.w, b); }
    stage(b);
    for (var w = 0u; w < 4u; w++) {
      var o1 = mat2x4f(); var o2 = mat2x4f(); var o3 = mat2x4f();
      let o0 = scaled(r.x, b, w, s0);
      if (rows > 1u) { o1 = scaled(r.y, b, w, s1); }
      if (rows > 2u) { o2 = scaled(r.z, b, w, s2); o3 = scaled(r.w, b, w, s3); }
      let at = octColumns(w);
      let p = eightAt(b, at.x, 0u);
      let q = eightAt(b, at.y, 0u);
      a0[0] += o0[0] * p.low + o0[1] * q.low;
      a0[1] += o0[0] * p.high + o0[1] * q.high;
      if (rows > 1u) {
        a1[0] += o1[0] * p.low + o1[1] * q.low;
        a1[1] += o1[0] * p.high + o1[1] * q.high;
      }
      if (rows > 2u) {
        a2[0] += o2[0] * p.low + o2[1] * q.low;
        a2[1] += o2[0] * p.high + o2[1] * q.high;
        a3[0] += o3[0] * p.low + o3[1] * q.low;
        a3[1] += o3[0] * p.high + o3[1] * q.high;
      }
      let u = eightAt(b, at.x, 1u);
      let v = eightAt(b, at.y, 1u);
      a0[2] += o0[0] * u.low + o0[1] * v.low;
      a0[3] += o0[0] * u.high + o0[1] * v.high;
      if (rows > 1u) {
        a1[2] += o1[0] * u.low + o1[1] * v.low;
        a1[3] += o1[0] * u.high + o1[1] * v.high;
      }
      if (rows > 2u) {
        a2[2] += o2[0] * u.low + o2[1] * v.low;
        a2[3] += o2[0] * u.high + o2[1] * v.high;
        a3[2] += o3[0] * u.low + o3[1] * v.low;
        a3[3] += o3[0] * u.high + o3[1] * v.high;
      }
    }
  }
  // Rolled up, to a bound that no compiler knows: copies of put() are nine tenths of the compile time.
  var sums = array<mat4x4f, 4>(a0, a1, a2, a3);
  let count = min(16u, step.T - t);
  for (var j = 0u; j < count * rolled(rows); j++) {
    let c = j / rows;
    put(t + c, n + j % rows * threads, sums[j % rows][c / 4u][c % 4u]);
  }
}
