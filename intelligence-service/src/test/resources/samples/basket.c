#include <stdio.h>
#include <stdlib.h>
#include "item.h"

#define LIMIT 10

/* One thing
   in a basket. */
struct item {
  const char *name;
  unsigned price;
};

static unsigned total(const struct item *items, size_t count) {
  unsigned sum = 0;
  for (size_t i = 0; i < count; i++) {
    if (items[i].price > 0 && items[i].name != NULL) {
      sum += items[i].price;
    }
  }
  return sum;
}

int main(void) {
  struct item *items = malloc(LIMIT * sizeof(struct item));
  printf("%u\n", total(items, 0));
  free(items);
  return 0;
}
