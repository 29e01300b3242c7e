"""Every metric of every service, in one place: a name that is not here does not exist.

Names follow `errata_<service>_<what>_<unit>[_total]`. Labels take values from closed sets only (reasons, stages,
partitions, project ids); never text from a client.
"""

from prometheus_client import Counter, Gauge, Histogram

# From receipt to a step's end; wide, since a backlog of hours must still show.
_AGE_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200)

# -- all services
STAGE_AGE = Histogram(
    "errata_stage_age_seconds",
    "From the relay's receipt of an event to the end of this step",
    ["stage"],
    buckets=_AGE_BUCKETS,
)
CONSUMER_LAG = Gauge("errata_consumer_lag_records", "Records not yet consumed", ["consumer", "topic", "partition"])
CONFIG_BROKEN = Gauge("errata_config_broken", "1 while a configuration file is broken and the last good one is used")
CONFIG_RELOADS = Counter("errata_config_reloads_total", "Configurations taken up while running")

# -- relay

# -- processor

# -- tracker

# -- writer

# -- supervisor and chDB front
CHDB_QUERIES = Counter("errata_chdb_queries_total", "Queries answered by the ClickHouse front", ["status"])
