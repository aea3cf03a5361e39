using System;
using System.Collections.Generic;
using Shop = Example.Shop;

namespace Example
{
    /// <summary>One thing in a basket.</summary>
    public class Item
    {
        public string Name { get; set; }
        public int Price { get; set; }
    }

    internal sealed class Basket
    {
        public async Task<int> TotalAsync(IEnumerable<Item> items)
        {
            var sum = 0;
            foreach (var item in items)
            {
                if (item.Price > 0)
                {
                    sum += item.Price;
                }
            }
            Console.WriteLine(sum);
            return sum;
        }
    }
}
