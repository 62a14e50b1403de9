// Parameters of a matmul with a norm before it; see ops/norm-matmul.ts.
struct Params {
  K: u32, N: u32, hasBias: u32, accumulate: u32, yStride: u32, yOffset: u32, block: u32,
  norm: u32, eps: f32, hasShift: u32, byRow: u32, gainAt: u32, shiftAt: u32,
}
