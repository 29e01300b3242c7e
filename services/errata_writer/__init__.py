"""The writer: lands events, outcomes, issues and alerts in ClickHouse, each exactly once."""
