// Parameters of a matmul with an activation behind it; see ops/matmul-act.ts.
struct Params {
  K: u32, N: u32, hasBias: u32, block: u32, F: u32, act: u32, biasAt: u32,
  norm: u32, eps: f32, hasShift: u32, byRow: u32, gainAt: u32, shiftAt: u32,
}
