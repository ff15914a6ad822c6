/**
 * Modules: which file an address of code belongs to, written into the recording once for each, so
 * that addresses can become names when it is read, wherever the program had been loaded.
 *
 *     address --known page?--> done      unknown --/proc/self/maps--> module records --> stream
 *
 * It is not a symbolizer. Libraries that are loaded later are noticed when the first call comes
 * from them; a look at the map costs a few microseconds.
 */
#ifndef MEMPOOL_RECORD_MODULES_H
#define MEMPOOL_RECORD_MODULES_H

#include <stdint.h>

/* Forgets what the last recording was told. */
void modules_begin(void);
/* Sees to it that the module of this address is in the recording. */
void modules_know(uint64_t address);

#endif
