// Up to four tokens beside each other: every weight is read and decoded once for all of them.
const columns: u32 = 4u;
alias Sums = vec4f;
struct Block { v0: mat4x4f, u0: mat4x4f, v1: mat4x4f, u1: mat4x4f, v2: mat4x4f, u2: mat4x4f, v3: mat4x4f, u3: mat4x4f, sums: vec4f }
fn rowsOfInput(t: u32) -> vec4u {
  let at = min(t + vec4u(0u, 1u, 2u, 3u), vec4u(step.T - 1u));
  return vec4u(inputRow(at.x), inputRow(at.y), inputRow(at.z), inputRow(at.w));
}
fn placed(own: mat2x4f) -> mat2x4f { return mat2x4f(own[0] * place, own[1] * place); }
fn sumOfBlock(own: mat2x4f) -> f32 { return sumOfLanes(dot(own[0] + own[1], vec4f(1.0))); }
fn spreadBlock(rows: vec4u, b: u32, sg: u32) -> Block {
  let x0 = ownQuads(rows.x, b, sg);
  let x1 = ownQuads(rows.y, b, sg);
  let x2 = ownQuads(rows.z, b, sg);
  let x3 = ownQuads(rows.w, b, sg);
  var sums = vec4f();
  if (hasOffset) { sums = vec4f(sumOfBlock(x0), sumOfBlock(x1), sumOfBlock(x2), sumOfBlock(x3)); }
  let p0 = placed(x0);
  let p1 = placed(x1);
  let p2 = placed(x2);
  let p3 = placed(x3);
  return Block(firstQuads(p0), secondQuads(p0), firstQuads(p1), secondQuads(p1), firstQuads(p2), secondQuads(p2), firstQuads(p3), secondQuads(p3), sums);
}
fn rowDots(o: array<mat2x4f, 4>, v: Block) -> Sums {
  return vec4f(dotOcts(o, v.v0, v.u0), dotOcts(o, v.v1, v.u1), dotOcts(o, v.v2, v.u2), dotOcts(o, v.v3, v.u3));
}
fn sumsOf(v: Block) -> Sums { return v.sums; }
fn column(sums: Sums, c: u32) -> f32 { return sums[c]; }
