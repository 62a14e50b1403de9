// NF4 in workgroup memory's table.
#include quants/nf4-book
#include quants/book16-words
