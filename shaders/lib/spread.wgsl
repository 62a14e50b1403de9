// Rows of W times a token or a few on adapters that run WGSL on a CPU. There a load costs as much as fifteen multiplications
// even if all lanes read the same word, and a broadcast from a constant lane about one: so the lanes of a subgroup read a
// block of x between them and share it, and each lane has rows of its own, two to a pair. No workgroup memory, no barrier.
//
// All lanes must run all broadcasts: slots beyond the last read the last row again, tokens beyond T the last token.
// Kernels that include this include spread-8 or spread-4, and spread-one or spread-few.
override threads: u32 = 16u;                                       // a multiple of `span`
override pairs: u32 = 1u;                                          // of slots for every thread: 1, 2 or 4

var<private> spreadLane: u32;                                      // the thread's number in its subgroup

fn dotOcts(o: array<mat2x4f, 4>, first: mat4x4f, second: mat4x4f) -> f32 {
  return dot((o[0][0] * first[0] + o[0][1] * second[0]) + (o[1][0] * first[1] + o[1][1] * second[1])
    + (o[2][0] * first[2] + o[2][1] * second[2]) + (o[3][0] * first[3] + o[3][1] * second[3]), vec4f(1.0));
}

fn blockSums(n: u32, b: u32, v: Block) -> Sums {
  let scale = scaleAt(n, b, params.K, params.block);
  let sums = scale.x * rowDots(octsAt(n, b, params.K), v);
  if (hasOffset) { return sums + scale.y * sumsOf(v); }
  return sums;
}

fn spreadRows(i: u32, lane: u32, sg: u32) {
  let perGroup = 2u * pairs * threads;
  let groups = (slots() + perGroup - 1u) / perGroup;
  let t = i / groups * columns;
  if (t >= step.T) { return; }
  spreadLane = sg;
  prepareEights(sg);
  prepareInputs(t, lane, threads);
  let slot = i % groups * perGroup + 2u * lane;                    // of the first pair; the next is 2 threads further
  let n0 = rowOf(slot);
  let n1 = rowOf(slot + 1u);
  let n2 = rowOf(slot + 2u * threads);
  let n3 = rowOf(slot + 2u * threads + 1u);
  let n4 = rowOf(slot + 4u * threads);
  let n5 = rowOf(slot + 4u * threads + 1u);
  let n6 = rowOf(slot + 6u * threads);
  let n7 = rowOf(slot + 6u * threads + 1u);
  var s0 = Sums(); var s1 = Sums(); var s2 = Sums(); var s3 = Sums();
  var s4 = Sums(); var s5 = Sums(); var s6 = Sums(); var s7 = Sums();
  let rows = rowsOfInput(t);
  for (var b = 0u; b < params.K / 32u; b++) {
    let v = spreadBlock(rows, b, sg);
    s0 += blockSums(n0, b, v);
    s1 += blockSums(n1, b, v);
    if (pairs > 1u) {
      s2 += blockSums(n2, b, v);
      s3 += blockSums(n3, b, v);
    }
    if (pairs > 2u) {
      s4 += blockSums(n4, b, v);
      s5 += blockSums(n5, b, v);
      s6 += blockSums(n6, b, v);
      s7 += blockSums(n7, b, v);
    }
  }
  // Rolled up on purpose, with a bound that is no constant: a copy of putPair for every pair is most of the compile time.
  var sums = array<Sums, 8>(s0, s1, s2, s3, s4, s5, s6, s7);
  for (var j = 0u; j < rolled(pairs) * min(columns, step.T - t); j++) {
    let c = j / pairs;
    let p = j % pairs;
    putPair(t + c, slot + 2u * threads * p, vec2f(column(sums[2u * p], c), column(sums[2u * p + 1u], c)));
  }
}
