import { readFile } from 'node:fs/promises';
const path = require('path');

// The sum of all prices.
export function total(items) {
  let sum = 0;
  for (const item of items) {
    if (item.price !== undefined && typeof item.price === 'number') {
      sum += item.price;
    }
  }
  return sum;
}

class Basket {
  constructor(items) {
    this.items = items;
  }
}

export default async () => {
  const text = await readFile(path.join('data', `items.json`));
  console.log(total(JSON.parse(text)));
};
