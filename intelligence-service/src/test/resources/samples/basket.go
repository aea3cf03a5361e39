package main

import (
	"errors"
	"fmt"
)

// Item is one thing in a basket.
type Item struct {
	Name  string
	Price int
}

func (i Item) Free() bool {
	return i.Price == 0
}

func total(items []Item) (int, error) {
	sum := 0
	for _, item := range items {
		if item.Price < 0 {
			return 0, errors.New("negative price")
		}
		sum += item.Price
	}
	return sum, nil
}

func main() {
	sum, err := total([]Item{{"pen", 3}})
	if err != nil {
		panic(err)
	}
	fmt.Println(sum)
}
