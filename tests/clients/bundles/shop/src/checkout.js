// From a cart to an order.
import { totalOf } from "./cart.js";

export class Checkout {
  constructor(items, returned) {
    this.items = items;
    this.returned = returned;
  }

  charge(currency) {
    const total = totalOf(this.items);
    const refund = totalOf(this.returned);
    return { total: total - refund, currency };
  }
}

export async function placeOrder(items) {
  await Promise.resolve();
  const checkout = new Checkout(items, []);
  const charged = checkout.charge("EUR");
  return { items, charged };
}
