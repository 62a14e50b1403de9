// matmul for many tokens on subgroups of four lanes (Chromium's software adapter): lane = row, up to eight rows per thread,
// `threads` apart, 16 or 32 tokens (32 where decoding is dear: the more tokens share a weight the better).
//
// Lane i reads the x of tokens i, 4 + i, 8 + i ..., and the quad of lanes shares it by broadcast: there a load costs fourteen
// multiplications, a broadcast two, a barrier four hundred. Right in quads of any subgroup, all lanes active: rows and tokens
// beyond the last are computed again and dropped. Grid: (T / tokens, N / (rows threads)). K is a multiple of 32.
enable subgroups;
#include grid
#include step
#include eights
#include matmul-params
#include matmul
@group(0) @binding(2) var<storage, read> x: array<vec4f>;          // (T, K / 4)
@group(0) @binding(3) var<storage, read> bias: array<f32>;         // (N), or one unused word
@group(0) @binding(4) var<storage, read_write> y: array<f32>;      // (T, yStride)
@group(0) @binding(5) var<uniform> params: Params;
@group(0) @binding(6) var<uniform> step: Step;
override threads: u32 = 16u;                                       // a multiple of four
override rows: u32 = 8u;                                           // per thread: 8, 4 or 2
override tokens: u32 = 16u;                                        // 16 or 32
const span: u32 = 4u;                                              // lanes that a look-up may count on
const lift = vec4f(1.0) / place;

// One quad of columns of the four tokens that a quad of lanes holds.
fn share(own: vec4f) -> mat4x4f {
  let v = own * place;
  return mat4x4f(quadBroadcast(v, 0u), quadBroadcast(v, 1u), quadBroadcast(v, 2u), quadBroadcast(v, 3u));
}

fn scaleOf(n: u32, b: u32) -> vec2f { return scaleAt(n, b, params.K, params.block); }

// Eight weights, `lift` times too large: x is as much too small.
fn scaled(n: u32, b: u32, w: u32, s: vec2f) -> mat2x4f {
  let o = octAt(n, b, w, params.K);
  if (hasOffset) { return mat2x4f(s.x * o[0] + s.y * lift, s.x * o[1] + s.y * lift); }
  return mat2x4f(s.x * o[0], s.x * o[1]);
}

@compute @workgroup_size(threads)
fn main(@builtin(workgroup_id) wid: vec3u, @builtin(num_workgroups) num: vec3u, @builtin(local_invocation_index) lane: u32, @builtin(subgroup_invocation_id) sg: u32) {
  prepareEights(sg);
  let groups = (params.N + rows * threads - 1u) / (rows * threads);
  let i = gridIndex(wid, num);
  let n = i % groups * rows * threads + lane;
  let t = i / groups * tokens;
  if (t >= step.T) { return; }
  let last = vec4u(params.N - 1u);
  let m = min(vec4u(n, n + threads, n + 2u * threads, n + 3u * threads), last);
  let r = min(vec4u(n + 4u * threads, n + 5u * threads, n + 6u * threads, n + 7u * threads), last);
  let own = min(vec4u(t, t + 4u, t + 8u, t + 12u) + sg % 4u, vec4u(step.T - 1u)) * (params.K / 4u);
  let next = min(vec4u(t + 16u, t + 20u, t + 24u, t + 28u) + sg % 4u, vec4u(step.T - 1u)) * (params.K / 4u);
  var a0 = mat4x4f(); var a1 = mat4x4f(); var a2 = mat4x4f(); var a3 = mat4x4f();    // a row each: [token / 4][token % 4]
  var a4 = mat4x4f(); var a5 = mat4x4f(); var a6 = mat4x4f(); var a7 = mat4x4f();
  var c0 = mat4x4f(); var c1 = mat4x4f(); var c2 = mat4x4f(); var c3 = mat4x4f();    // tokens 16 to 31
  var c4 = mat4x4f(); var c5 = mat4x4f(); var c6 = mat4x4f(); var c7 = mat4x4f();
  for (var b = 0u; b < params.K / 32u; b++) {
    var s2 = vec2f(); var s3 = vec2f(); var s4 = vec2f(); var s5 = vec2f(); var s6 = vec2f(); var s7 = vec2f();
    let s0 = scaleOf(m.x, b); let s1 = scaleOf(m.y, b);
    if (rows > 2u) { s2 = scaleOf(m.z, b); s3 = scaleOf(m.w, b); }
    if (rows > 4u) { s4 = scaleOf(r.x, b); s5 = scaleOf(r.y, b); s6 = scaleOf(r.z, b); s7 = scaleOf(r.w, b); }
    for (var w = 0u; w < 4u; w++) {
      var o2 = mat2x4f(); var o3 = mat2x4f(); var o4 = mat2x4f(); var o5 = mat2x4f(); var o6 = mat2x4f(); var o7 = mat2x4f();
      let o0 = scaled(m.x, b, w, s0); let o1 = scaled(m.y, b, w, s1);
      if (rows > 2u) { o2 = scaled(m.z, b, w, s2); o3 = scaled(m.w, b, w, s3); }
      if (rows > 4u) {
        o4 = scaled(r.x, b, w, s4); o5 = scaled(r.y, b, w, s5);
        o6 = scaled(r.z, b, w, s6); o7 = scaled(r.w, b, w, s7);
      }
      let at = octColumns(w) + b * 8u;
      let p0 = share(x[own.x + at.x]); let q0 = share(x[own.x + at.y]);
      a0[0] += o0[0] * p0 + o0[1] * q0; a1[0] += o1[0] * p0 + o1[1] * q0;
      if (rows > 2u) { a2[0] += o2[0] * p0 + o2[1] * q0; a3[0] += o3[0] * p0 + o3[1] * q0; }
      if (rows > 4u) {
        a4[0] += o4[0] * p0 + o4[1] * q0; a5[0] += o5[0] * p0 + o5[1] * q0;
        a6[0] += o6[0] * p0 + o6[1] * q0; a7[0] += o7[0] * p0 + o7[1] * q0;
      }
      let p1 = share(x[own.y + at.x]); let q1 = share(x[own.y + at.y]);
      a0[1] += o0[0] * p1 + o0[1] * q1; a1[1] += o1[0] * p1 + o1[1] * q1;
      if (rows > 2u) { a2[1] += o2[0] * p1 + o2[1] * q1; a3[1] += o3[0] * p1 + o3[1] * q1; }
      if (rows > 4u) {
        a4[1] += o4[0] * p1 + o4[1] * q1; a5[1] += o5[0] * p1 + o5[1] * q1;
        a6[1] += o6[0] * p1 + o6[1] * q1; a7[1] += o7[0] * p1 + o7[1] * q1;
      }
      let p2 = share(x[own.z + at.x]); let q2 = share(x[own.z + at.y]);
      a0[2] += o0[0] * p2 + o0[1] * q2; a1[2] += o1[0] * p2 + o1[1] * q2;
      if (rows > 2u) { a2[2] += o2[0] * p2 + o2[1] * q2; a3[2] += o3[0] * p2 + o3[1] * q2; }
      if (rows > 4u) {
        a4[2] += o4[0] * p2 + o4[1] * q2; a5[2] += o5[0] * p2 + o5[1] * q2;
        a6[2] += o6[0] * p2 + o6[1] * q2; a7[2] += o7[0] * p2 + o7[1] * q2;
      }
      let p3 = share(x[own.w + at.x]); let q3 = share(x[own.w + at.y]);
      a0[3] += o0[0] * p3 + o0[1] * q3; a1[3] += o1[0] * p3 + o1[1] * q3;
      if (rows > 2u) { a2[3] += o2[0] * p3 + o2[1] * q3; a3[3] += o3[0] * p3 + o3[1] * q3; }
      if (rows > 4u) {
        a4[3] += o4[0] * p3 + o4[1] * q3; a5[3] += o5[0] * p3 + o5[1] * q3;
        a6[3] += o6[0] * p3 + o6[1] * q3; a7[3] += o7[0] * p3 + o7[1] * q3;
      }
      if (tokens > 16u) {
        let p4 = share(x[next.x + at.x]); let q4 = share(x[next.x + at.y]);
        c0[0] += o0[0] * p4 + o0[1] * q4; c1[0] += o1[0] * p4 + o1[1] * q4;
        if (rows > 2u) { c2[0] += o2[0] * p4 + o2[1] * q4; c3[0] += o3[0] * p4 + o3[1] * q4; }
        if (rows > 4u) {
          c4[0] += o4[0] * p4 + o4[1] * q4; c5[0] += o5[0] * p4 + o5[1] * q4;
          c6[0] += o6[0] * p4 + o6[1] * q4; c7[0] += o7[0] * p4 + o7[1] * q4;
        }
        let p5 = share(x[next.y + at.x]); let q5 = share(x[next.y + at.y]);
        c0[1] += o0[0] * p5 + o0[1] * q5; c1[1] += o1[0] * p5 + o1[1] * q5;
        if (rows > 2u) { c2[1] += o2[0] * p5 + o2[1] * q5; c3[1] += o3[0] * p5 + o3[1] * q5; }
        if (rows > 4u) {
          c4[1] += o4[0] * p5 + o4[1] * q5; c5[1] += o5[0] * p5 + o5[1] * q5;
          c6[1] += o6[0] * p5 + o6[1] * q5; c7[1] += o7[0] * p5 + o7[1] * q5;
        }
        let p6 = share(x[next.z + at.x]); let q6 = share(x[next.z + at.y]);
        c0[2] += o0[0] * p6 + o0[1] * q6; c1[2] += o1[0] * p6 + o1[1] * q6;
        if (rows > 2u) { c2[2] += o2[0] * p6 + o2[1] * q6; c3[2] += o3[0] * p6 + o3[1] * q6; }
        if (rows > 4u) {
          c4[2] += o4[0] * p6 + o4[1] * q6; c5[2] += o5[0] * p6 + o5[1] * q6;
          c6[2] += o6[0] * p6 + o6[1] * q6; c7[2] += o7[0] * p6 + o7[1] * q6;
        }
        let p7 = share(x[next.w + at.x]); let q7 = share(x[next.w + at.y]);
        c0[3] += o0[0] * p7 + o0[1] * q7; c1[3] += o1[0] * p7 + o1[1] * q7;
        if (rows > 2u) { c2[3] += o2[0] * p7 + o2[1] * q7; c3[3] += o3[0] * p7 + o3[1] * q7; }
        if (rows > 4u) {
          c4[3] += o4[0] * p7 + o4[1] * q7; c5[3] += o5[0] * p7 + o5[1] * q7;
          c6[3] += o6[0] * p7 + o6[1] * q7; c7[3] += o7[0] * p7 + o7[1] * q7;
        }
      }
    }
  }
  // Rolled up, to a bound that no compiler knows: copies of put() are most of the compile time.
  var sums = array<mat4x4f, 16>(a0, a1, a2, a3, a4, a5, a6, a7, c0, c1, c2, c3, c4, c5, c6, c7);
  let count = min(tokens, step.T - t);
  for (var j = 0u; j < count * rows; j++) {
    let c = j / rows;
    put(t + c, n + j % rows * threads, sums[c / 16u * 8u + j % rows][c / 4u % 4u][c % 4u]);
  }
}
