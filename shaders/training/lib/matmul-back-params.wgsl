// Parameters of the kernels of matmul-back, named as those of the matmul that they go back through.
struct Params { K: u32, N: u32, accumulate: u32, yStride: u32, yOffset: u32, block: u32 }
