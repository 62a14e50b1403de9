// Eight weights at a time for lib/eights, FP4.
#include quants/fp4-book
#include quants/book16-eights
