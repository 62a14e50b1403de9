// What all attention kernels share. Group g of G = H / K query heads reads key head g; its query
// rows of T tokens are numbered r = t * G + (head in group).
struct Params { H: u32, K: u32, d: u32, C: u32, scale: f32, window: u32 }

const negInf: f32 = -1e30;                                          // stands for minus infinity, finite by design

// Token t sees keys keysStart(t) <= j < keysEnd(t).
fn keysEnd(t: u32) -> u32 { return min(step.pos + t + 1u, params.C); }
fn keysStart(t: u32) -> u32 {
  let end = keysEnd(t);
  return select(0u, end - params.window, params.window != 0u && end > params.window);
}
