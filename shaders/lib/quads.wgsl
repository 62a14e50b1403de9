// 32 consecutive numbers along K, four at a time.
struct Quads { q: array<vec4f, 8> }

fn dotQuads(a: Quads, b: Quads) -> f32 {
  return dot(a.q[0] * b.q[0] + a.q[1] * b.q[1] + a.q[2] * b.q[2] + a.q[3] * b.q[3]
    + a.q[4] * b.q[4] + a.q[5] * b.q[5] + a.q[6] * b.q[6] + a.q[7] * b.q[7], vec4f(1.0));
}

fn sumQuads(a: Quads) -> f32 {
  return dot(a.q[0] + a.q[1] + a.q[2] + a.q[3] + a.q[4] + a.q[5] + a.q[6] + a.q[7], vec4f(1.0));
}

// The same for the first sixteen and the last sixteen.
fn dotHalves(a: Quads, b: Quads) -> vec2f {
  return vec2f(
    dot(a.q[0] * b.q[0] + a.q[1] * b.q[1] + a.q[2] * b.q[2] + a.q[3] * b.q[3], vec4f(1.0)),
    dot(a.q[4] * b.q[4] + a.q[5] * b.q[5] + a.q[6] * b.q[6] + a.q[7] * b.q[7], vec4f(1.0)));
}

fn sumHalves(a: Quads) -> vec2f {
  return vec2f(dot(a.q[0] + a.q[1] + a.q[2] + a.q[3], vec4f(1.0)), dot(a.q[4] + a.q[5] + a.q[6] + a.q[7], vec4f(1.0)));
}
