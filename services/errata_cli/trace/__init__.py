"""What `errata trace` finds of an event in the records of each topic."""
