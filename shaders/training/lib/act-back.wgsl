// The slopes of the activations of ops/activations.ts, by their index there (act.wgsl has the functions).
fn density(g: f32) -> f32 { return 0.39894228 * exp(-min(0.5 * g * g, 80.0)); }

fn slopeOf(kind: u32, g: f32) -> f32 {
  switch kind {
    case 1u: { return 0.5 * (1.0 + erf(g * 0.70710678)) + g * density(g); }
    case 2u: {
      let square = min(g * g, 1e6);
      let y = tanhOf(0.79788456 * g * (1.0 + 0.044715 * square));
      return 0.5 * (1.0 + y) + 0.5 * g * (1.0 - y * y) * 0.79788456 * (1.0 + 0.134145 * square);
    }
    case 3u: { return select(0.0, 1.0, g > 0.0); }
    case 4u: { return 2.0 * max(g, 0.0); }
    case 5u: {
      let s = sigmoid(1.702 * g);
      return s * (1.0 + 1.702 * g * (1.0 - s));
    }
    case 9u: { return select(0.01, 1.0, g > 0.0); }
    case 10u: { return 1.0; }
    case 12u: { return select(0.0, 1.0, g > 0.0 && g < 6.0); }
    case 13u: {
      let s = sigmoid(g);
      return s * (1.0 - s);
    }
    case 15u: {
      let y = tanhOf(g);
      return 1.0 - y * y;
    }
    default: {
      let s = sigmoid(g);
      return s * (1.0 + g * (1.0 - s));
    }
  }
}
