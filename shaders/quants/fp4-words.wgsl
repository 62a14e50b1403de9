// FP4 in workgroup memory's table.
#include quants/fp4-book
#include quants/book16-words
