use std::collections::HashMap;
use std::fmt;

/// One thing in a basket.
#[derive(Debug, Clone)]
pub struct Item<'a> {
    name: &'a str,
    price: u64,
}

impl<'a> Item<'a> {
    pub fn free(&self) -> bool {
        self.price == 0
    }
}

fn total(items: &[Item]) -> Result<u64, fmt::Error> {
    let mut sum = 0;
    for item in items {
        match item.price {
            0 => continue,
            price => sum += price,
        }
    }
    Ok(sum)
}

fn main() {
    let stock: HashMap<char, u64> = HashMap::from([('a', 1), ('\'', 2)]);
    println!("{} {}", stock.len(), total(&[]).unwrap());
}
