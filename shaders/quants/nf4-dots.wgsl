// NF4.
#include quants/book16-dots
