"""Adapters to Kafka, Redis and ClickHouse: the only place that speaks to them."""
