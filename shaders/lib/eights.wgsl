// Eight weights at a time, for kernels whose lanes have rows of their own; quants/<format>-eights where a format has a faster way.
//   W[n, 32 b + 4 octColumns(w)[i] + j] = scaleAt.x * octAt[i][j] * place[j] + scaleAt.y        w < 4
// octsAt gives octAt of w = 0 to 3 at once.
// `place`: powers of two, so that codes may stay where they lie in a word; kernels multiply x by them, which is exact.
// prepareEights must be called in uniform control flow, with the lane's number in its subgroup, of which a format may use the
// first `span` lanes.
#include weights
const place = vec4f(1.0);
fn prepareEights(sg: u32) {}
#include octs
