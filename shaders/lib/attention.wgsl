// What all attention kernels share. Group g of G = H / K query heads reads key head g; its query
// rows of T tokens are numbered r = t * G + (head in group).
struct Params { H: u32, K: u32, d: u32, C: u32, scale: f32, cap: f32, window: u32, reach: u32 }
#include mask

const negInf: f32 = -1e30;                                          // stands for minus infinity, finite by design

// Token t of the chunk sees keys keysStart(t) <= j < keysEnd(t).
fn keysEnd(t: u32) -> u32 { return maskEnd(step.pos + t, step.prefix); }
fn keysStart(t: u32) -> u32 { return maskStart(step.pos + t); }
