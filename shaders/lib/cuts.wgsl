// Looks that the reader has cut: kernels that include this declare `cuts`, `params.count` entries of
// { head or anyHead, queries from, to, keys from, to }, ranges without their end. No entry hides nothing.
const anyHead: u32 = 0xffffffffu;

fn hidden(h: u32, query: u32, key: u32) -> bool {
  for (var n = 0u; n < params.count; n++) {
    let o = n * 5u;
    if ((cuts[o] == h || cuts[o] == anyHead) && query >= cuts[o + 1u] && query < cuts[o + 2u] && key >= cuts[o + 3u] && key < cuts[o + 4u]) { return true; }
  }
  return false;
}
