// FP4.
#include quants/fp4-book
#include quants/book16-blocks
