// The end of every output of a matmul kernel.
fn put(t: u32, n: u32, product: f32) {
  if (n >= params.N || t >= step.T) { return; }
  let at = t * params.yStride + params.yOffset + n;
  var sum = product;
  if (params.hasBias != 0u) { sum += bias[n]; }
  if (params.accumulate != 0u) { sum += y[at]; }
  y[at] = sum;
}
