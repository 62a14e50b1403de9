// FP4.
#include quants/book16-dots
