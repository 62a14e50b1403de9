// The levels of ggml's IQ4 formats (kvalues_iq4nl in ggml-common.h); shaders/quants/iq4-book.wgsl has the same.
export const iq4Codes = Float32Array.of(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113)
