// What the things in a cart cost.

export function totalOf(items) {
  let total = 0;

  function addPriceOf(item) {
    const price = item.offers.at(-1).price;
    total += price * item.count;
    item.extras?.forEach(addPriceOf);
  }

  items.forEach(addPriceOf);
  return total;
}
