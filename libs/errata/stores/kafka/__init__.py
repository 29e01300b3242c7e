"""Kafka: addresses, topics, producers and consumers as every service uses them."""
