// What changes from one forward to the next (ops/op.ts StepValues).
struct Step {
  T: u32,           // rows this dispatch runs
  pos: u32,         // absolute position of row 0 = entries already in the cache
  row: u32,         // first residual row the head reads
  prefix: u32,      // keys that every query sees (lib/mask.wgsl)
  strandsFrom: u32, // where several texts part (lib/strands.wgsl)
  strands: u32,     // how many; 0: there is one text
}
// n: as the bound of a loop, so that no compiler knows it and unrolls what takes seconds to compile (docs/performance.md). Some
// unroll a loop to min(4, m) as well: then to min(rolled(4), m).
fn rolled(n: u32) -> u32 { return n + (step.T >> 31u); }
