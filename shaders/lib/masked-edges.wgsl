// Edges of attention that the reader has masked: kernels that include this declare `maskedEdges`, `params.count` entries of
// { head or anyHead, queries from, to, keys from, to }, ranges without their end. No entry hides nothing.
const anyHead: u32 = 0xffffffffu;

fn hidden(h: u32, query: u32, key: u32) -> bool {
  for (var n = 0u; n < params.count; n++) {
    let o = n * 5u;
    if ((maskedEdges[o] == h || maskedEdges[o] == anyHead) && query >= maskedEdges[o + 1u] && query < maskedEdges[o + 2u] && key >= maskedEdges[o + 3u] && key < maskedEdges[o + 4u]) { return true; }
  }
  return false;
}
