// Two rows' blocks of 32 weights times x, for lib/lanes; quants/<format>-dots where a format has a way of its own.
#include quads

// Two rows' blocks of 32 weights with their scales, of each half its own where the format has two.
struct Pair { a: Quads, b: Quads, scaleA: vec2f, scaleB: vec2f, highA: vec2f, highB: vec2f }

fn pairAt(r0: u32, r1: u32, b: u32) -> Pair {
  let s = b * (32u / span);
  var p = Pair(blockAt(r0, b, params.K), blockAt(r1, b, params.K),
    scaleAt(r0, s, params.K, params.block), scaleAt(r1, s, params.K, params.block), vec2f(), vec2f());
  if (span == 16u) {
    p.highA = scaleAt(r0, s + 1u, params.K, params.block);
    p.highB = scaleAt(r1, s + 1u, params.K, params.block);
  }
  return p;
}

// The pair times the block of x that begins at quad j of workgroup memory.
fn dotPair(p: Pair, j: u32) -> vec2f {
  let v = Quads(array<vec4f, 8>(xs[j], xs[j + 1u], xs[j + 2u], xs[j + 3u], xs[j + 4u], xs[j + 5u], xs[j + 6u], xs[j + 7u]));
  if (span == 16u) {
    let a = dotHalves(p.a, v);
    let b = dotHalves(p.b, v);
    var sums = vec2f(p.scaleA.x, p.scaleB.x) * vec2f(a.x, b.x) + vec2f(p.highA.x, p.highB.x) * vec2f(a.y, b.y);
    if (hasOffset) {
      let s = sumHalves(v);
      sums += vec2f(p.scaleA.y, p.scaleB.y) * s.x + vec2f(p.highA.y, p.highB.y) * s.y;
    }
    return sums;
  }
  let sums = vec2f(p.scaleA.x, p.scaleB.x) * vec2f(dotQuads(p.a, v), dotQuads(p.b, v));
  if (hasOffset) { return sums + vec2f(p.scaleA.y, p.scaleB.y) * sumQuads(v); }
  return sums;
}

// The pair times the blocks of `tokens` rows of x, at most `columns`, `stride` quads apart.
fn dotPairs(p: Pair, j: u32, stride: u32, tokens: u32) -> mat4x2f {
  if (columns == 1u) { return mat4x2f(dotPair(p, j), vec2f(), vec2f(), vec2f()); }
  var s0 = vec2f(); var s1 = vec2f(); var s2 = vec2f(); var s3 = vec2f();
  // four copies of dotPair would take seconds to compile
  for (var c = 0u; c < tokens; c++) {
    let d = dotPair(p, j + c * stride);
    s0 += select(vec2f(), d, c == 0u);
    s1 += select(vec2f(), d, c == 1u);
    s2 += select(vec2f(), d, c == 2u);
    s3 += select(vec2f(), d, c == 3u);
  }
  return mat4x2f(s0, s1, s2, s3);
}
