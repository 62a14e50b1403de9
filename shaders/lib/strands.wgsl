// Where tokens of texts that go on from one beginning stand (ops/strands.ts is the same in TypeScript): entry
// from + i * count + s of the cache holds token i of strand s, at position from + i. Without strands an entry is a position.
fn strandPosition(entry: u32) -> u32 {
  if (step.strands == 0u || entry < step.strandsFrom) { return entry; }
  return step.strandsFrom + (entry - step.strandsFrom) / step.strands;
}

// The entry of position p in the text that the token at `own` belongs to.
fn strandEntry(own: u32, p: u32) -> u32 {
  if (step.strands == 0u || p < step.strandsFrom) { return p; }
  return step.strandsFrom + (p - step.strandsFrom) * step.strands + (own - step.strandsFrom) % step.strands;
}
