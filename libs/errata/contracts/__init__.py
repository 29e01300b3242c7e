"""What the parts promise one another: message types, topics, outcomes, and the schemas made from them."""
