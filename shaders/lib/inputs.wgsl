// What a matmul of few tokens multiplies: rows of x as they are. Other files may stand in this one's place (ops/op.ts
// Pass.parts): kernels read x through inputAt alone, and call prepareInputs before, in uniform control flow.
@group(0) @binding(2) var<storage, read> x: array<vec4f>;          // (T, K / 4)

fn prepareInputs(t: u32, lane: u32, threads: u32) {}
// Where row t begins, for inputAt: there must be one.
fn inputRow(t: u32) -> u32 { return t * (params.K / 4u); }
// Numbers 4j to 4j + 3 of that row.
fn inputAt(row: u32, j: u32) -> vec4f { return x[row + j]; }
