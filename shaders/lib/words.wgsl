// Eight weights at a time, as in quants/<format>, for kernels of GPUs whose lanes have rows of their own; quants/<format>-words
// where a format has a faster way there. prepareWords must be called by the whole workgroup; `place` as in lib/eights.
#include weights
const place = vec4f(1.0);
fn prepareWords(lane: u32, threads: u32) {}
