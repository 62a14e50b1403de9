// A bound on scaled scores: cap * tanh(score / cap), before anything is added and before the mask (Gemma 2, arXiv 2408.00118).
// Needs params.cap. The argument of tanh is clamped: it may overflow.
override capped: u32 = 0u;

fn capOf(score: f32) -> f32 { return params.cap * tanh(clamp(score / params.cap, -20.0, 20.0)); }
fn capOf4(score: vec4f) -> vec4f { return params.cap * tanh(clamp(score / params.cap, vec4f(-20.0), vec4f(20.0))); }
