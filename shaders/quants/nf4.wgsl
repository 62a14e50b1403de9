// NF4.
#include quants/nf4-book
#include quants/book16
