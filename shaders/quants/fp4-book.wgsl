// The code book of bitsandbytes' FP4 (src/engine/quants/fp4.ts holds the same numbers; a test compares them).
const codeBook = array<f32, 16>(
  0.0, 0.0052083334885537624, 0.6666666865348816, 1.0,
  0.3333333432674408, 0.5, 0.1666666716337204, 0.25,
  0.0, -0.0052083334885537624, -0.6666666865348816, -1.0,
  -0.3333333432674408, -0.5, -0.1666666716337204, -0.25,
);
