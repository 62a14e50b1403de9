// Parameters of a matmul whose rows are heads that are normed; see ops/project-normed-heads.ts.
struct Params {
  K: u32, N: u32, hasBias: u32, block: u32, H: u32, KV: u32, d: u32, r: u32, interleaved: u32, sections: u32, C: u32, biasAt: u32,
  norm: u32, eps: f32, hasShift: u32, byRow: u32, gainAt: u32, shiftAt: u32,
  headNorm: u32, headEps: f32, headOwn: u32, headBias: u32, qGainAt: u32, kGainAt: u32, qBiasAt: u32, kBiasAt: u32,
}
