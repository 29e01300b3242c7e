-- The tables. Every row says where it came from: (topic,) generation, partition_, offset_ (and row_, where one record
-- makes several rows) of the Kafka record. By these the writer tells what is already here. `origin_*` is the place of
-- the item in the ledger, by which `errata audit` proves that each ended once.
--
-- A statement ends with a semicolon at the end of a line. Each can be run again, so a runner that dies half-way starts
-- the file again.

-- Who may insert: for each partition of a topic the highest (epoch, owner). Checked inside every insert.
CREATE TABLE IF NOT EXISTS fences
(
    topic LowCardinality(String),
    partition_ UInt16,
    epoch UInt64,
    owner String,
    raised_at DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = MergeTree
ORDER BY (topic, partition_);

-- One row an event. Partitions, TTL and roll-ups go by `received_at`, our own clock: one hostile batch must not touch a
-- hundred partitions. `timestamp` is held to [received - 30 days, received + 1 minute]; the original is in the payload.
CREATE TABLE IF NOT EXISTS events
(
    project UInt64,
    group_hash FixedString(16) COMMENT 'what groups into one issue; 16 hex digits',
    received_at DateTime64(6, 'UTC') COMMENT 'when the relay took it',
    timestamp DateTime64(6, 'UTC') COMMENT 'when it happened, by the client''s clock corrected for drift',
    event_id FixedString(32),
    level LowCardinality(String),
    platform LowCardinality(String),
    environment LowCardinality(String),
    release LowCardinality(String),
    dist LowCardinality(String),
    transaction String,
    logger LowCardinality(String),
    server_name LowCardinality(String),
    title String,
    culprit String,
    message String,
    exception_types Array(LowCardinality(String)) COMMENT 'the raised exception last',
    exception_values Array(String),
    handled Nullable(Bool) COMMENT 'null when the client did not say',
    tags Map(LowCardinality(String), String),
    user String COMMENT 'a keyed hash of who was affected; empty when nobody is named',
    trace_id String,
    span_id String,
    sdk_name LowCardinality(String),
    sdk_version LowCardinality(String),
    key_id LowCardinality(String),
    config_hash LowCardinality(String),
    fingerprint Array(String),
    grouping_version LowCardinality(String),
    redactions Map(LowCardinality(String), UInt32) COMMENT 'how often each scrubbing rule changed something',
    payload String COMMENT 'the whole canonical event, JSON' CODEC(ZSTD(1)),

    origin_generation UInt32,
    origin_partition UInt16,
    origin_offset UInt64,
    origin_index UInt32,
    origin_items UInt32,
    origin_part UInt32,
    origin_parts UInt32,
    generation UInt32,
    partition_ UInt16,
    offset_ UInt64,

    minute DateTime('UTC') MATERIALIZED toStartOfMinute(received_at),
    hour DateTime('UTC') MATERIALIZED toStartOfHour(received_at),

    INDEX by_event_id event_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_trace_id trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX by_offset offset_ TYPE minmax GRANULARITY 1,
    INDEX by_origin_offset origin_offset TYPE minmax GRANULARITY 1,

    -- Roll-ups in the same parts as the rows: they appear together or not at all. Queries must use these very columns
    -- and aggregates to be answered from them; the views errors_per_minute and errors_per_hour do.
    PROJECTION per_minute
    (
        SELECT
            project, group_hash, environment, release, minute,
            count(), uniqCombinedIf(user, notEmpty(user)), min(received_at), max(received_at)
        GROUP BY project, group_hash, environment, release, minute
    ),
    PROJECTION per_hour
    (
        SELECT
            project, group_hash, environment, release, hour,
            count(), uniqCombinedIf(user, notEmpty(user)), min(received_at), max(received_at)
        GROUP BY project, group_hash, environment, release, hour
    )
)
ENGINE = MergeTree
PARTITION BY toDate(received_at)
ORDER BY (project, group_hash, received_at)
TTL toDateTime(received_at) + INTERVAL 90 DAY
SETTINGS ttl_only_drop_parts = 1, lightweight_mutation_projection_mode = 'rebuild';

-- The state of each issue as the tracker published it; the last record of an issue is its state. Read with FINAL.
CREATE TABLE IF NOT EXISTS issues
(
    project UInt64,
    issue_id FixedString(16) COMMENT 'the group hash that the issue was created with',
    short_id String,
    status LowCardinality(String),
    title String,
    culprit String,
    level LowCardinality(String),
    platform LowCardinality(String),
    first_seen DateTime64(6, 'UTC'),
    last_seen DateTime64(6, 'UTC'),
    count UInt64,
    users UInt64 COMMENT 'distinct, of the last 24 hours, estimated',
    first_release String,
    last_release String,
    resolved_at Nullable(DateTime64(6, 'UTC')),
    state String COMMENT 'the whole message, JSON' CODEC(ZSTD(1)),
    updated_at DateTime64(6, 'UTC'),
    events_partition UInt16 COMMENT 'with events_offset: the last record of `events` that this state includes',
    events_offset Int64,
    step UInt32,
    generation UInt32,
    partition_ UInt16,
    offset_ UInt64,
    version UInt64 MATERIALIZED bitShiftLeft(toUInt64(generation), 48) + offset_
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (project, issue_id);

CREATE TABLE IF NOT EXISTS transitions
(
    project UInt64,
    issue_id FixedString(16),
    id String COMMENT 'derived from what happened: the same one twice is one',
    kind LowCardinality(String),
    at DateTime64(6, 'UTC'),
    status_before LowCardinality(String),
    status_after LowCardinality(String),
    release String,
    event_id String,
    by String,
    explanation String,
    events_partition UInt16,
    events_offset Int64,
    step UInt32,
    generation UInt32,
    partition_ UInt16,
    offset_ UInt64
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (project, issue_id, at)
TTL toDateTime(at) + INTERVAL 400 DAY
SETTINGS ttl_only_drop_parts = 1;

CREATE TABLE IF NOT EXISTS alerts
(
    project UInt64,
    issue_id FixedString(16),
    id String COMMENT 'derived from rule, issue and what fired: the same one twice is one',
    rule_id String,
    rule_name String,
    kind LowCardinality(String),
    short_id String,
    title String,
    culprit String,
    level LowCardinality(String),
    platform LowCardinality(String),
    environment LowCardinality(String),
    release String,
    event_id String,
    fired_at DateTime64(6, 'UTC') COMMENT 'the receive time of the event that made it fire',
    value UInt64,
    threshold UInt64,
    window_seconds UInt32,
    explanation String,
    actions String COMMENT 'JSON, as in the rule',
    config_hash String,
    events_partition UInt16,
    events_offset Int64,
    step UInt32,
    generation UInt32,
    partition_ UInt16,
    offset_ UInt64
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(fired_at)
ORDER BY (project, issue_id, fired_at)
TTL toDateTime(fired_at) + INTERVAL 400 DAY
SETTINGS ttl_only_drop_parts = 1;

-- How each item ended that became no event. Rows come from two topics, so a row's place includes the topic: those of
-- `outcomes` have their origin in `ingest`, those that the writer itself makes have it in `ingest-sessions`.
CREATE TABLE IF NOT EXISTS outcomes
(
    project UInt64 COMMENT '0 when the request named none that exists',
    outcome LowCardinality(String),
    reason LowCardinality(String),
    category LowCardinality(String),
    quantity UInt64,
    key_id LowCardinality(String),
    event_id String,
    source LowCardinality(String) COMMENT 'which service says so',
    at DateTime64(6, 'UTC'),
    duplicate_of String,

    origin_generation UInt32 COMMENT '0 for what the relay itself refused: counted, but outside the ledger',
    origin_partition UInt16,
    origin_offset UInt64,
    origin_index UInt32,
    origin_items UInt32,
    origin_part UInt32,
    origin_parts UInt32,
    topic LowCardinality(String),
    generation UInt32,
    partition_ UInt16,
    offset_ UInt64,
    row_ UInt32,

    INDEX by_offset offset_ TYPE minmax GRANULARITY 1,
    INDEX by_event_id event_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(at)
ORDER BY (project, outcome, reason, at)
TTL toDateTime(at) + INTERVAL 90 DAY
SETTINGS ttl_only_drop_parts = 1;

-- Sessions as they arrived: updates of one session (by `sid`, in any order) and sums that a client made itself (`sid` is
-- empty, `quantity` of them). The view session_counts counts each session once.
CREATE TABLE IF NOT EXISTS sessions
(
    project UInt64,
    key_id LowCardinality(String),
    received_at DateTime64(6, 'UTC'),
    started DateTime64(6, 'UTC') COMMENT 'held to [received - 30 days, received + 1 minute]',
    sid String,
    status LowCardinality(String) COMMENT 'ok, exited, errored, crashed, abnormal or unhandled',
    errors UInt32,
    quantity UInt32,
    duration Nullable(Float64) COMMENT 'seconds',
    user String COMMENT 'a keyed hash of who had the session; empty when nobody is named',
    release LowCardinality(String),
    environment LowCardinality(String),

    origin_generation UInt32,
    origin_partition UInt16,
    origin_offset UInt64,
    origin_index UInt32,
    origin_items UInt32,
    origin_part UInt32,
    origin_parts UInt32,
    generation UInt32,
    partition_ UInt16,
    offset_ UInt64,
    row_ UInt32,

    INDEX by_offset offset_ TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(received_at)
ORDER BY (project, release, environment, started)
TTL toDateTime(received_at) + INTERVAL 90 DAY
SETTINGS ttl_only_drop_parts = 1;
