"""The HTTP interface of ClickHouse over chDB: the real engine, in process, for one machine."""
