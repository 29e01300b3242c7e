-- What a writer that takes over asks stays cheap, what it leaves behind stays small, and rows are merged less often.

-- The question which records are here already goes by offset; events, outcomes, sessions and feedback had the index
-- from the start, and `issues` has no old parts to leave out. Parts that are there get it when they are merged.
ALTER TABLE transitions ADD INDEX IF NOT EXISTS by_offset offset_ TYPE minmax GRANULARITY 1;
ALTER TABLE alerts ADD INDEX IF NOT EXISTS by_offset offset_ TYPE minmax GRANULARITY 1;

-- Each take-over writes a row a partition, and only the highest (epoch, owner) counts: after a day a partition keeps
-- that row alone, and it stays for ever. `rank` is (epoch, owner) as one text: a TTL folds columns, not tuples of them.
ALTER TABLE fences ADD COLUMN IF NOT EXISTS rank String MATERIALIZED concat(leftPad(toString(epoch), 20, '0'), owner);
ALTER TABLE fences MODIFY TTL toDateTime(raised_at) + INTERVAL 1 DAY
    GROUP BY topic, partition_
    SET epoch = max(epoch), owner = argMax(owner, rank), rank = max(rank), raised_at = max(raised_at);

-- A part an insert: with the default of 5 each row is written again 14 times while 200 small parts become few, with 10
-- five times; a merge reads and compresses the payload again. It costs some ten parts more that stand there at once.
ALTER TABLE events MODIFY SETTING merge_selector_base = 10;
