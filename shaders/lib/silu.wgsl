// silu(g) = g * sigmoid(g). The argument of exp is clamped: WGSL may assume that nothing overflows.
fn silu(g: f32) -> f32 { return g / (1.0 + exp(-clamp(g, -80.0, 80.0))); }
