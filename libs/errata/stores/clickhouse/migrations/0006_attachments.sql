-- Files that came with events or feedback, a row each. They may hold anything, so they are kept for fewer days.
CREATE TABLE IF NOT EXISTS attachments
(
    project UInt64,
    key_id LowCardinality(String),
    received_at DateTime64(6, 'UTC'),
    event_id String COMMENT 'of the error or the feedback that it came with',
    name String COMMENT 'in the client''s words: no path to write to',
    content_type String COMMENT 'in the client''s words',
    attachment_type LowCardinality(String) COMMENT 'what it is to Sentry, such as event.view_hierarchy',
    size UInt32 COMMENT 'bytes',
    sha1 String COMMENT '40 hex digits',
    keep_days UInt16,
    content String COMMENT 'byte for byte; nothing is taken out of it' CODEC(ZSTD(1)),

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
ORDER BY (event_id, project, name)
TTL toDateTime(received_at) + toIntervalDay(keep_days)
SETTINGS ttl_only_drop_parts = 1;

-- One that a client sent twice, or that left a relay's spool twice, is one.
CREATE OR REPLACE VIEW event_attachments AS
SELECT
    a.project AS project, a.event_id AS event_id, a.name AS name, a.sha1 AS sha1, any(a.size) AS size,
    any(a.content_type) AS content_type, any(a.attachment_type) AS attachment_type, min(a.received_at) AS received_at
FROM attachments AS a
GROUP BY project, event_id, name, sha1;
