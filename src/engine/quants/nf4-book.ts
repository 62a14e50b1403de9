// The NF4 code book of bitsandbytes (QLoRA, arXiv 2305.14314): 16 quantiles of a normal
// distribution scaled to [-1, 1], exact zero included. A 4-bit code q in a block with largest
// magnitude `absmax` stands for nf4Codes[q] * absmax.
//
// shaders/quants/nf4-book.wgsl holds the same bits; a test parses it and compares.

export const nf4Bits = Uint32Array.of(
  0xbf800000,
  0xbf3239b1,
  0xbf066b30,
  0xbeca32a0,
  0xbe91a24d,
  0xbe3d353f,
  0xbdba7871,
  0x00000000,
  0x3da2faff,
  0x3e24cae3,
  0x3e7c04dd,
  0x3ead033a,
  0x3ee1a4b8,
  0x3f1007ab,
  0x3f3913b3,
  0x3f800000,
)

/** nf4Codes[q] for q in 0..15. */
export const nf4Codes = new Float32Array(nf4Bits.buffer)

/** Code q+1 is chosen over q when x/absmax > nf4Midpoints[q] (strictly), as bitsandbytes' dQuantizeNF4 does. */
export const nf4Midpoints = Float32Array.of(
  -0.8480964004993439,
  -0.6106329262256622,
  -0.4599952697753906,
  -0.33967943489551544,
  -0.23460740596055984,
  -0.13791173323988914,
  -0.045525018125772476,
  0.03979014977812767,
  0.1202552504837513,
  0.2035212516784668,
  0.2920137718319893,
  0.3893125355243683,
  0.5016634166240692,
  0.6427869200706482,
  0.8614784181118011,
)
