#!/usr/bin/env python3
"""What a customer wants to buy and what it costs in all."""
import json
from dataclasses import dataclass


@dataclass
class Item:
    name: str
    price: int


class Basket:
    def __init__(self, items):
        self.items = items  # kept in order

    def total(self, with_tax=False):
        total = 0
        for item in self.items:
            if item.price > 0 and with_tax:
                total += item.price
            elif item.price is None:
                continue
        return total


def main():
    try:
        print(json.dumps({"total": Basket([]).total()}))
    except ValueError as problem:
        print(problem)


if __name__ == "__main__":
    main()
