// How attention-split cuts the keys: as many slices of whole 64-key tiles as there are, at most `splits`.
override splits: u32 = 16u;

fn sliceLength() -> u32 {
  let tiles = (keysEnd(step.T - 1u) - keysStart(0u) + 63u) / 64u;
  return (tiles + splits - 1u) / splits * 64u;
}
fn sliceCount() -> u32 {
  let keys = keysEnd(step.T - 1u) - keysStart(0u);
  return (keys + sliceLength() - 1u) / sliceLength();
}
