// What changes from one forward to the next (ops/op.ts StepValues).
struct Step {
  T: u32,           // rows this dispatch runs
  pos: u32,         // absolute position of row 0 = entries already in the cache
  row: u32,         // first residual row the head reads
  prefix: u32,      // keys that every query sees (lib/mask.wgsl)
  strandsFrom: u32, // where several texts part (lib/strands.wgsl)
  strands: u32,     // how many; 0: there is one text
}
// n, if it is below 65,536: as the bound of a loop, so that no compiler knows it and unrolls what takes seconds to compile
// (docs/performance.md).
fn rolled(n: u32) -> u32 { return min(n, step.T + 65535u); }
