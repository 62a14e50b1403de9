// A block of x in four lanes: lane i holds the two quads of octet i.
const span: u32 = 4u;
fn ownQuads(row: u32, b: u32, sg: u32) -> mat2x4f {
  let at = octColumns(sg % 4u) + b * 8u;
  return mat2x4f(inputAt(row, at.x), inputAt(row, at.y));
}
fn firstQuads(own: mat2x4f) -> mat4x4f {
  return mat4x4f(quadBroadcast(own[0], 0u), quadBroadcast(own[0], 1u), quadBroadcast(own[0], 2u), quadBroadcast(own[0], 3u));
}
fn secondQuads(own: mat2x4f) -> mat4x4f {
  return mat4x4f(quadBroadcast(own[1], 0u), quadBroadcast(own[1], 1u), quadBroadcast(own[1], 2u), quadBroadcast(own[1], 3u));
}
fn sumOfLanes(v: f32) -> f32 { return quadBroadcast(v, 0u) + quadBroadcast(v, 1u) + quadBroadcast(v, 2u) + quadBroadcast(v, 3u); }
