// One token at a time.
const columns: u32 = 1u;
alias Sums = f32;
struct Block { first: mat4x4f, second: mat4x4f, sum: f32 }
fn rowsOfInput(t: u32) -> u32 { return inputRow(t); }
fn spreadBlock(row: u32, b: u32, sg: u32) -> Block {
  let own = ownQuads(row, b, sg);
  var sum = 0.0;
  if (hasOffset) { sum = sumOfLanes(dot(own[0] + own[1], vec4f(1.0))); }
  let placed = mat2x4f(own[0] * place, own[1] * place);
  return Block(firstQuads(placed), secondQuads(placed), sum);
}
fn rowDots(o: array<mat2x4f, 4>, v: Block) -> Sums { return dotOcts(o, v.first, v.second); }
fn sumsOf(v: Block) -> Sums { return v.sum; }
fn column(sums: Sums, c: u32) -> f32 { return sums; }
