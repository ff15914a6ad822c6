/* Your own allocator, and the log that tells what it does: copy the first half, write the second.
 *
 *     student 100 '+20,+20,-0,+30' > student.jsonl        capacity, then +size and -number
 *     mempool-viz grade student.jsonl --rules first,coalesce
 *
 * The log needs four events: create, alloc, alloc_fail, free. BUG=1 to 3 (at compile time) plants
 * the mistakes of lesson 10, to see what the grader says to them.
 */
#include <stdio.h>
#include <stdlib.h>

/* ---- the emitter: one line an event; `call` counts the calls, `seq` the events */

static unsigned long seq, call;

static void begin(const char *event)
{
    printf("{\"seq\":%lu,\"pool\":1,\"call\":%lu,\"event\":\"%s\"", ++seq, call++, event);
}

static void emit_create(size_t capacity, size_t align)
{
    printf("{\"mempool_log\":1,\"producer\":\"student.c\"}\n");
    begin("create");
    printf(",\"capacity\":%zu,\"align\":%zu,\"policy\":\"first\",\"guards\":0,\"base\":\"0x0\"}\n",
           capacity, align);
}

/* size is that of the whole block, payload where the bytes begin that the caller gets. */
static void emit_alloc(size_t number, size_t offset, size_t size, size_t payload, size_t requested)
{
    begin("alloc");
    printf(",\"block\":%zu,\"offset\":%zu,\"size\":%zu,\"payload\":%zu,\"requested\":%zu}\n",
           number, offset, size, payload, requested);
}

static void emit_fail(size_t number, size_t requested, size_t needed, size_t free, size_t largest)
{
    begin("alloc_fail");
    printf(",\"block\":%zu,\"requested\":%zu,\"needed\":%zu,\"free\":%zu,\"largest\":%zu,"
           "\"reason\":\"%s\"}\n",
           number, requested, needed, free, largest, free < needed ? "full" : "fragmented");
}

static void emit_free(size_t number, size_t offset, size_t size)
{
    begin("free");
    printf(",\"block\":%zu,\"offset\":%zu,\"size\":%zu}\n", number, offset, size);
}

static void emit_end(void)
{
    printf("{\"seq\":0,\"pool\":0,\"call\":0,\"event\":\"end\",\"events\":%lu,"
           "\"dropped\":0}\n", seq);
}

/* ---- the allocator: a free list in address order, first fit */

#ifndef BUG
#define BUG 0 /* 1 never coalesces, 2 only with the left neighbour, 3 does not split */
#endif
enum { MOST = 1000 };

static struct { size_t offset, size; } free_list[MOST], live[MOST];
static size_t free_count, numbers;

static void remove_free(size_t i)
{
    for (--free_count; i < free_count; ++i)
        free_list[i] = free_list[i + 1];
}

static void my_alloc(size_t requested)
{
    size_t number = numbers++, size = requested == 0 ? 1 : requested, free = 0, largest = 0;
    for (size_t i = 0; i < free_count; ++i) {
        if (free_list[i].size >= size) {
            live[number].offset = free_list[i].offset;
            live[number].size = BUG == 3 ? free_list[i].size : size;
            free_list[i].offset += live[number].size;
            free_list[i].size -= live[number].size;
            if (free_list[i].size == 0)
                remove_free(i);
            emit_alloc(number, live[number].offset, live[number].size, live[number].offset,
                       requested);
            return;
        }
        free += free_list[i].size;
        if (free_list[i].size > largest)
            largest = free_list[i].size;
    }
    emit_fail(number, requested, size, free, largest);
}

static void my_free(size_t number)
{
    size_t i = 0;
    if (number >= numbers || live[number].size == 0)
        return; /* not alive */
    emit_free(number, live[number].offset, live[number].size);
    while (i < free_count && free_list[i].offset < live[number].offset)
        ++i;
    for (size_t j = free_count++; j > i; --j)
        free_list[j] = free_list[j - 1];
    free_list[i].offset = live[number].offset;
    free_list[i].size = live[number].size;
    live[number].size = 0;
    if ((BUG == 0 || BUG == 3) && i + 1 < free_count &&
        free_list[i].offset + free_list[i].size == free_list[i + 1].offset) {
        free_list[i].size += free_list[i + 1].size;
        remove_free(i + 1);
    }
    if (BUG != 1 && i > 0 &&
        free_list[i - 1].offset + free_list[i - 1].size == free_list[i].offset) {
        free_list[i - 1].size += free_list[i].size;
        remove_free(i);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "student CAPACITY '+size,-number,...'\n");
        return 2;
    }
    free_list[0].size = strtoul(argv[1], NULL, 0);
    free_count = 1;
    emit_create(free_list[0].size, 1);
    for (char *op = argv[2]; *op != '\0' && numbers < MOST; op += *op == ',') {
        char sign = *op++;
        unsigned long value = strtoul(op, &op, 0);
        if (sign == '+')
            my_alloc(value);
        else if (sign == '-')
            my_free(value);
        else
            break;
    }
    emit_end();
    return 0;
}
