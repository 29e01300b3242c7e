-- What users said, a row each. Name and address were given so that somebody may answer: they are kept as they are.
CREATE TABLE IF NOT EXISTS feedback
(
    project UInt64,
    key_id LowCardinality(String),
    received_at DateTime64(6, 'UTC'),
    event_id String COMMENT 'its own; empty for the older user reports',
    associated_event_id String COMMENT 'the error it is about; empty when it is about none',
    name String,
    email String,
    message String COMMENT 'without what the scrubber takes for secrets',
    url String COMMENT 'the page, without query',
    source LowCardinality(String) COMMENT 'where it was written, in the client''s word',
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

    INDEX by_offset offset_ TYPE minmax GRANULARITY 1,
    INDEX by_associated_event_id associated_event_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (project, received_at)
TTL toDateTime(received_at) + INTERVAL 400 DAY
SETTINGS ttl_only_drop_parts = 1;

-- The issue is that of the error it is about, where that is still stored.
CREATE OR REPLACE VIEW user_feedback AS
SELECT
    f.project AS project, f.received_at AS received_at, f.name AS name, f.email AS email, f.message AS message,
    f.url AS url, f.source AS source, f.release AS release, f.environment AS environment, f.event_id AS event_id,
    f.associated_event_id AS associated_event_id, e.group_hash AS issue
FROM feedback AS f
LEFT ANY JOIN
(
    SELECT project, event_id, toString(group_hash) AS group_hash FROM events
    WHERE event_id IN (SELECT toFixedString(associated_event_id, 32) FROM feedback WHERE associated_event_id != '')
) AS e ON e.project = f.project AND e.event_id = f.associated_event_id;
