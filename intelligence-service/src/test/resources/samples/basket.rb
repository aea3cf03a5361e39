require 'json'
require_relative 'item'

=begin
What a customer wants to buy.
=end
module Shop
  class Basket
    attr_reader :items

    def initialize(items)
      @items = items
    end

    def total
      sum = 0
      items.each do |item|
        next if item.price.nil?
        sum += item.price unless item.price.negative?
      end
      sum
    end
  end
end

puts JSON.generate(total: Shop::Basket.new([]).total)
