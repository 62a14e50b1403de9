// Two rows' blocks of 32 weights times x, for lib/lanes, where codes are looked up in workgroup memory: word by word, in a loop
// that is compiled once. Drivers that run WGSL on a CPU make a loop over lanes of every look-up: all 64 took 5 to 20 s there.
// Formats that include this give: octOf, the eight weights of a word; octColumns, which quads of columns they stand in.
struct Pair { a: vec4u, b: vec4u, scales: vec2f }

fn pairAt(r0: u32, r1: u32, b: u32) -> Pair {
  let blocks = params.K / 32u;
  return Pair(codes[r0 * blocks + b], codes[r1 * blocks + b],
    vec2f(scaleAt(r0, b, params.K, params.block).x, scaleAt(r1, b, params.K, params.block).x));
}

fn dotOct(u: mat2x4f, v: mat2x4f, at: vec2u) -> vec2f {
  let x = xs[at.x];
  let y = xs[at.y];
  return vec2f(dot(u[0] * x + u[1] * y, vec4f(1.0)), dot(v[0] * x + v[1] * y, vec4f(1.0)));
}

// The pair times the blocks of `tokens` rows of x, at most `columns`, `stride` quads apart.
fn dotPairs(p: Pair, j: u32, stride: u32, tokens: u32) -> mat4x2f {
  var a = p.a;
  var b = p.b;
  var s0 = vec2f(); var s1 = vec2f(); var s2 = vec2f(); var s3 = vec2f();
  for (var w = 0u; w < rolled(4u); w++) {
    let at = j + octColumns(w);
    let u = octOf(a.x);
    let v = octOf(b.x);
    a = a.yzwx;
    b = b.yzwx;
    if (columns == 1u) {
      s0 += dotOct(u, v, at);
      continue;
    }
    for (var c = 0u; c < tokens; c++) {
      let d = dotOct(u, v, at + c * stride);
      s0 += select(vec2f(), d, c == 0u);
      s1 += select(vec2f(), d, c == 1u);
      s2 += select(vec2f(), d, c == 2u);
      s3 += select(vec2f(), d, c == 3u);
    }
  }
  return mat4x2f(p.scales * s0, p.scales * s1, p.scales * s2, p.scales * s3);
}
