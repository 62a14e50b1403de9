// What changes from one forward to the next (ops/op.ts StepValues).
struct Step {
  T: u32,           // rows this dispatch runs
  pos: u32,         // absolute position of row 0 = entries already in the cache
  row: u32,         // first residual row the head reads
  prefix: u32,      // keys that every query sees (lib/mask.wgsl)
  strandsFrom: u32, // where several texts part (lib/strands.wgsl)
  strands: u32,     // how many; 0: there is one text
}
