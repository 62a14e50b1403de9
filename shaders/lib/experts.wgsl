// What kernels of stacked experts share (ops/expert-matmul.ts). W holds rows [rowStart, rowStart + rows) of all experts'
// rows, N of each, one expert below the other: a weight that is split by rows computes what it holds, part by part.
struct Params { K: u32, N: u32, top: u32, each: u32, block: u32, rowStart: u32, rows: u32 }

// Row of W of output n of the expert of number `pick` of all that were chosen; beyond `rows` where another part holds it.
fn rowOf(pick: u32, n: u32) -> u32 { return u32(chosen[pick]) * params.N + n - params.rowStart; }

// Row of x that it reads: the token's, or its own.
fn inputOf(pick: u32) -> u32 { return select(pick / params.top, pick, params.each != 0u); }
