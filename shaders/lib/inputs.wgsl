// What a matmul of few tokens multiplies: rows of x as they are. Other files may stand in this one's place (ops/op.ts
// Pass.parts): kernels read x through inputAt alone, and call prepareInputs before, in uniform control flow.
@group(0) @binding(2) var<storage, read> x: array<vec4f>;          // (T, K / 4)

fn prepareInputs(t: u32, lane: u32, threads: u32) {}
// Numbers 4j to 4j + 3 of row t.
fn inputAt(t: u32, j: u32) -> vec4f { return x[t * (params.K / 4u) + j]; }
