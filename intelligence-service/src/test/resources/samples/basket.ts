import type { Item } from './item';

export interface Basket {
  readonly items: Item[];
  note?: string;
}

export type Total = { sum: number; currency: string };

export function total(basket: Basket, taxed: boolean): Total {
  const sum: number = basket.items.length === 0 ? 0 : basket.items[0].price;
  return { sum: taxed ? sum * 2 : sum, currency: 'EUR' } as const;
}
