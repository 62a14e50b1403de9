// Block b (32 numbers) of row t of x.
fn xAt(t: u32, b: u32) -> Quads {
  let i = min(t, step.T - 1u) * (params.K / 4u) + b * 8u;
  return Quads(array<vec4f, 8>(x[i], x[i + 1u], x[i + 2u], x[i + 3u], x[i + 4u], x[i + 5u], x[i + 6u], x[i + 7u]));
}
