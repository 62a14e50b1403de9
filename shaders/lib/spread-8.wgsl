// A block of x in eight lanes: lane i holds the first quad of octet i, lane i + 4 the second one.
const span: u32 = 8u;
fn ownQuads(row: u32, b: u32, sg: u32) -> mat2x4f {
  let at = octColumns(sg % 4u);
  return mat2x4f(inputAt(row, b * 8u + select(at.x, at.y, (sg & 4u) != 0u)), vec4f());
}
fn firstQuads(own: mat2x4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(own[0], 0u), subgroupBroadcast(own[0], 1u), subgroupBroadcast(own[0], 2u), subgroupBroadcast(own[0], 3u));
}
fn secondQuads(own: mat2x4f) -> mat4x4f {
  return mat4x4f(subgroupBroadcast(own[0], 4u), subgroupBroadcast(own[0], 5u), subgroupBroadcast(own[0], 6u), subgroupBroadcast(own[0], 7u));
}
fn sumOfLanes(v: f32) -> f32 {
  return subgroupBroadcast(v, 0u) + subgroupBroadcast(v, 1u) + subgroupBroadcast(v, 2u) + subgroupBroadcast(v, 3u)
    + subgroupBroadcast(v, 4u) + subgroupBroadcast(v, 5u) + subgroupBroadcast(v, 6u) + subgroupBroadcast(v, 7u);
}
