// Adds up what the threads of a lane group have, by a tree in workgroup memory: for any GPU. Threads of a group are neighbours.
var<workgroup> partial: array<vec2f, threads * columns>;

// The sums, in the group's first thread.
fn groupSums(sums: mat4x2f, lane: u32) -> mat4x2f {
  var own = sums;
  for (var c = 0u; c < rolled(columns); c++) { partial[c * threads + lane] = own[c]; }
  for (var half = rolled(lanes / 2u); half > 0u; half /= 2u) {
    workgroupBarrier();
    if (lane % lanes < half) {
      for (var c = 0u; c < rolled(columns); c++) { partial[c * threads + lane] += partial[c * threads + lane + half]; }
    }
  }
  for (var c = 0u; c < rolled(columns); c++) { own[c] = partial[c * threads + lane]; }
  return own;
}
