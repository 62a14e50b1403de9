// The activations of ops/activations.ts, by their index there. Arguments of exp and tanh are clamped: WGSL may assume
// that nothing overflows.
fn sigmoid(g: f32) -> f32 { return 1.0 / (1.0 + exp(-clamp(g, -80.0, 80.0))); }
fn tanhOf(g: f32) -> f32 { return tanh(clamp(g, -20.0, 20.0)); }
// log(1 + e^g); log(1 + y) by its series where 1 + y would round y away
fn softplus(g: f32) -> f32 {
  let y = exp(-min(abs(g), 80.0));
  return max(g, 0.0) + select(log(1.0 + y), y * (1.0 - y * (0.5 - y / 3.0)), y < 0.01);
}
// Abramowitz and Stegun 7.1.26: off by 1.5e-7 at most
fn erf(g: f32) -> f32 {
  let t = 1.0 / (1.0 + 0.3275911 * abs(g));
  let p = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return sign(g) * (1.0 - p * exp(-min(g * g, 80.0)));
}
fn gelu(g: f32) -> f32 { return 0.5 * g * (1.0 + erf(g * 0.70710678)); }

fn act(kind: u32, g: f32) -> f32 {
  switch kind {
    case 1u: { return gelu(g); }
    case 2u: { return 0.5 * g * (1.0 + tanhOf(0.79788456 * g * (1.0 + 0.044715 * min(g * g, 1e6)))); }
    case 3u: { return max(g, 0.0); }
    case 4u: { return max(g, 0.0) * max(g, 0.0); }
    case 5u: { return g * sigmoid(1.702 * g); }
    case 6u: { return clamp(gelu(g), -10.0, 10.0); }
    case 7u: { return g * clamp(g + 3.0, 0.0, 6.0) / 6.0; }
    case 8u: { return 0.5 * (1.0 + erf((g - 0.707107) / (0.282095 * 1.41421356))); }
    case 9u: { return select(0.01 * g, g, g > 0.0); }
    case 10u: { return g; }
    case 11u: { return g * tanhOf(softplus(g)); }
    case 12u: { return clamp(g, 0.0, 6.0); }
    case 13u: { return sigmoid(g); }
    case 14u: { return sqrt(softplus(g)); }
    case 15u: { return tanhOf(g); }
    default: { return g * sigmoid(g); }
  }
}
