// All four octets of a block, for lib/eights where a format has no way of its own to read them together.
fn octsAt(n: u32, b: u32, K: u32) -> array<mat2x4f, 4> {
  return array<mat2x4f, 4>(octAt(n, b, 0u, K), octAt(n, b, 1u, K), octAt(n, b, 2u, K), octAt(n, b, 3u, K));
}
