// Adds up what the threads of a lane group have, by shuffles: for subgroups of `lanes` or more. WGSL does not say which threads
// make a subgroup, so that a group is made of neighbours in the subgroup, and takes a number where it finds one free.
var<workgroup> taken: atomic<u32>;

fn groupNumber(lane: u32, sg: u32) -> u32 {
  if (lane == 0u) { atomicStore(&taken, 0u); }
  workgroupBarrier();
  var own = 0u;
  if (sg % lanes == 0u) { own = atomicAdd(&taken, 1u); }
  return subgroupShuffle(own, sg - sg % lanes);
}

// The sums, in all threads of the group.
fn groupSums(sums: mat4x2f) -> mat4x2f {
  var own = sums;
  for (var mask = rolled(lanes / 2u); mask > 0u; mask /= 2u) {
    own[0] += subgroupShuffleXor(own[0], mask);
    if (columns > 1u) { own[1] += subgroupShuffleXor(own[1], mask); }
    if (columns > 2u) {
      own[2] += subgroupShuffleXor(own[2], mask);
      own[3] += subgroupShuffleXor(own[3], mask);
    }
  }
  return own;
}
