// All small vectors of the model in one buffer, so that a kernel that needs several binds one: params say where each begins,
// at a multiple of 64.
@group(0) @binding(10) var<storage, read> vectors: array<vec4f>;   // (all of them, / 4)

fn vectorAt(i: u32) -> f32 { return vectors[i / 4u][i & 3u]; }
