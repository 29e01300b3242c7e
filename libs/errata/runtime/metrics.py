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
RELAY_REQUESTS = Counter("errata_relay_requests_total", "Requests answered; 499 is a client that went away", ["status"])
RELAY_ITEMS = Counter("errata_relay_items_total", "Items accepted: answered with success and durable", ["format"])
RELAY_OUTCOMES = Counter("errata_relay_outcomes_total", "Items not accepted", ["outcome", "reason", "category"])
RELAY_PACKS = Counter("errata_relay_packs_total", "Packs by where they went: kafka, spool, refused", ["way"])
RELAY_PACK_ITEMS = Histogram("errata_relay_pack_items", "Items of one pack", buckets=(1, 2, 4, 8, 16, 32, 64))
RELAY_BUFFERED = Gauge("errata_relay_buffered_bytes", "Bodies in memory, not yet answered")
RELAY_UNACKNOWLEDGED = Gauge("errata_relay_oldest_unacknowledged_seconds", "Age of the oldest record Kafka has to take")
RELAY_KAFKA_AWAY = Gauge("errata_relay_kafka_away", "1 while Kafka is away and packs go to the spool")
RELAY_SPOOL_BYTES = Gauge("errata_relay_spool_bytes", "Bytes in the disk spool")
RELAY_SPOOL_AGE = Gauge("errata_relay_spool_age_seconds", "How long the oldest record has been in the disk spool")
RELAY_SPOOL_SET_ASIDE = Counter(
    "errata_relay_spool_set_aside_bytes_total", "Segments of the spool that could not all be read, in files .unreadable"
)
RELAY_READERS_BEHIND = Gauge(
    "errata_relay_readers_behind",
    "1 while a topic takes no more: unread records are near their deletion",
    ["topic"],
)
RELAY_LIMITS_LOCAL = Gauge("errata_relay_limits_local", "1 while Redis is away and this relay counts limits alone")
RELAY_TEE = Counter("errata_relay_tee_total", "Requests sent on to other addresses, by what became of them", ["result"])
RELAY_DRAINED = Counter("errata_relay_drained_records_total", "Records moved from the spool to Kafka")

# -- processor
PROCESSOR_ITEMS = Counter("errata_processor_items_total", "Items taken from `ingest` and committed")
PROCESSOR_EVENTS = Counter("errata_processor_events_total", "Events committed to `events`")
PROCESSOR_OUTCOMES = Counter(
    "errata_processor_outcomes_total", "Items that ended as no event, committed", ["outcome", "reason"]
)
PROCESSOR_BATCH_ITEMS = Histogram(
    "errata_processor_batch_items", "Items of one transaction", buckets=(1, 5, 10, 25, 50, 100, 250, 500, 1000)
)
PROCESSOR_BATCH_SECONDS = Histogram(
    "errata_processor_batch_seconds",
    "Time of one batch in each step: claim (Redis), fetch (uploads), process (pure), commit (Kafka)",
    ["step"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)
PROCESSOR_FETCHED = Counter(
    "errata_processor_fetched_total", "Uploads looked up for frames, since memory did not hold them", ["kind", "found"]
)
PROCESSOR_WEB_FETCHES = Counter(
    "errata_processor_web_fetches_total",
    "Files asked of the origins that projects allow: `fetched`, or why not in the words of an event's errors",
    ["result"],
)
PROCESSOR_ARTIFACT_BYTES = Gauge("errata_processor_artifact_bytes", "Source maps and mappings in memory, about")
PROCESSOR_UNCHECKED = Counter(
    "errata_processor_unchecked_total",
    "Items that passed without the check for duplicates: redis was away, or clickhouse for a possible one",
    ["store"],
)
PROCESSOR_CLAIMED_LATE = Counter(
    "errata_processor_claimed_late_total",
    "Event ids told to Redis after their items had passed: `first`, or `duplicate` where the item was one",
    ["result"],
)
PROCESSOR_REMEMBERED = Gauge(
    "errata_processor_remembered_seconds", "How long a new event id is remembered; less while Redis is short of memory"
)
PROCESSOR_STOPPED = Gauge(
    "errata_processor_stopped", "1 while too many items fail by our fault and nothing is consumed"
)

# -- tracker
TRACKER_EVENTS = Counter("errata_tracker_events_total", "Events counted and committed")
TRACKER_POISON = Counter(
    "errata_tracker_poison_total", "Records that are no message of their topic, skipped", ["topic"]
)
TRACKER_COMMANDS = Counter("errata_tracker_commands_total", "Commands by what became of them", ["result"])
TRACKER_TRANSITIONS = Counter("errata_tracker_transitions_total", "Changes of an issue's status, decided", ["kind"])
TRACKER_ALERTS = Counter("errata_tracker_alerts_total", "Alerts decided, by the condition that fired", ["kind"])
TRACKER_BATCH_EVENTS = Histogram(
    "errata_tracker_batch_events", "Events of one commit", buckets=(1, 5, 10, 25, 50, 100, 250, 500, 1000)
)
TRACKER_STEP_SECONDS = Histogram(
    "errata_tracker_step_seconds",
    "Time of one batch in each step: read (Redis), decide (pure), commit (Redis), send (Kafka)",
    ["step"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
TRACKER_DISPLACED = Counter(
    "errata_tracker_displaced_total", "Commits that found another position than expected and wrote nothing"
)
TRACKER_RESTORED = Counter("errata_tracker_restored_total", "Partitions rebuilt from ClickHouse")
TRACKER_RECALLED = Counter(
    "errata_tracker_recalled_issues_total",
    "Issues that Redis did not hold and ClickHouse did: evicted by a tracker, or lost by Redis",
    ["why"],
)
TRACKER_UNVERIFIED = Counter(
    "errata_tracker_unverified_issues_total", "Issues called new while ClickHouse could not be asked"
)
TRACKER_EVICTED = Counter("errata_tracker_evicted_issues_total", "Cold issues dropped from Redis to make room")
TRACKER_CACHED = Gauge("errata_tracker_cached_issues", "Issues in memory", ["partition"])

# -- writer
WRITER_ROWS = Counter("errata_writer_rows_total", "Rows landed in ClickHouse", ["table"])
WRITER_SKIPPED_ROWS = Counter(
    "errata_writer_skipped_rows_total", "Rows that were in ClickHouse already after a take-over", ["table"]
)
WRITER_INSERT_SECONDS = Histogram("errata_writer_insert_seconds", "Time of one insert", ["table"])
WRITER_RETRIES = Counter("errata_writer_retries_total", "Batches that ClickHouse did not take, tried again")
WRITER_BAD_RECORDS = Counter(
    "errata_writer_bad_records_total", "Records that are no message of their topic, stored as outcomes", ["topic"]
)

# -- console
CONSOLE_REQUESTS = Counter("errata_console_requests_total", "Requests answered, by route", ["route", "status"])
CONSOLE_SECONDS = Histogram(
    "errata_console_request_seconds",
    "Time of one request, uploads with the time the client takes to send them",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60),
)
CONSOLE_UPLOADED = Counter("errata_console_uploaded_bytes_total", "Bytes of files taken, uncompressed", ["kind"])
CONSOLE_REMOVED = Counter("errata_console_removed_total", "What was not kept of uploads any longer", ["what"])
CONSOLE_COMMANDS = Counter("errata_console_commands_total", "Commands sent to the tracker", ["action"])

# -- supervisor and chDB front
CHDB_QUERIES = Counter("errata_chdb_queries_total", "Queries answered by the ClickHouse front", ["status"])
