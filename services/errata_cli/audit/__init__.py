"""The proof that nothing is lost and nothing counted twice: the ledger in Kafka against the rows in ClickHouse."""
