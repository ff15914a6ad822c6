# What Doxygen 1.9.4 needs done to include/mempool/event.h before it reads it.
#
# It takes a #define for text when it follows a macro call that has no semicolon.
s/^POOL_EVENTS(POOL_STRUCT_)$/&;/
# The header has no group of its own; the site shows all of it under "Events".
s|^/\* ---- words.*|/** @addtogroup mempool_events */ /** @{ */|
$ s|^#endif|/** @} */\
#endif|
