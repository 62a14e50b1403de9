// Parameters of all matmul kernels; see ops/matmul/index.ts.
struct Params { K: u32, N: u32, hasBias: u32, accumulate: u32, yStride: u32, yOffset: u32, block: u32 }
