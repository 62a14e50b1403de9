// Eight weights at a time for lib/eights, NF4.
#include quants/nf4-book
#include quants/book16-eights
