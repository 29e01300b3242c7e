"""ClickHouse over HTTP: client, migrations, tables and queries."""
