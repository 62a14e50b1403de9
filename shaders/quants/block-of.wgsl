// The block that element i is in, or how many blocks i elements are. A division costs a CPU forty multiplications and a GPU
// twenty instructions: a shift where `block` is a power of two, as nearly all are. It is the same for all threads.
fn blockOf(i: u32, block: u32) -> u32 {
  if (countOneBits(block) == 1u) { return i >> firstTrailingBit(block); }
  return i / block;
}
