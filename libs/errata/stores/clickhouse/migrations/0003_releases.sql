-- Releases, what they consist of and where they went, as deploy tools tell it. The last row of a release is its state:
-- read with FINAL, which also leaves out deleted ones.
CREATE TABLE IF NOT EXISTS releases
(
    version String,
    id String COMMENT 'given when it was created: a deleted release that is created again is another one',
    projects Array(UInt64),
    status LowCardinality(String) COMMENT 'open or archived',
    url String,
    ref String,
    date_created DateTime64(6, 'UTC'),
    date_started Nullable(DateTime64(6, 'UTC')),
    date_released Nullable(DateTime64(6, 'UTC')),
    commit_set UInt64 COMMENT 'which rows of `commits` are its commits; 0 for none',
    commit_count UInt32,
    last_commit String,
    revision UInt64 COMMENT 'microseconds since 1970, rising with every change',
    deleted UInt8
)
ENGINE = ReplacingMergeTree(revision, deleted)
ORDER BY version;

-- The commits of a release, newest first. They are written before the release points at them, all at once; sets that no
-- release points at any more are its past.
CREATE TABLE IF NOT EXISTS commits
(
    release_id String,
    commit_set UInt64,
    position UInt32,
    id String,
    repository LowCardinality(String),
    author_name String,
    author_email String,
    message String,
    committed_at Nullable(DateTime64(6, 'UTC')),
    files Array(Tuple(path String, type LowCardinality(String))) COMMENT 'type: A added, M modified, D deleted',
    INDEX by_id id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
ORDER BY (release_id, commit_set, position);

CREATE TABLE IF NOT EXISTS deploys
(
    release_id String,
    id String,
    environment LowCardinality(String),
    name String,
    url String,
    date_started Nullable(DateTime64(6, 'UTC')),
    date_finished DateTime64(6, 'UTC')
)
ENGINE = ReplacingMergeTree
ORDER BY (release_id, id);

-- Where paths of stack traces lie in a repository.
CREATE TABLE IF NOT EXISTS code_mappings
(
    project UInt64,
    stack_root String,
    source_root String,
    repository LowCardinality(String),
    default_branch LowCardinality(String),
    revision UInt64
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (project, stack_root);

CREATE OR REPLACE VIEW release_list AS
SELECT version AS release, projects, status, url, date_created, date_started, date_released, commit_count, last_commit
FROM releases FINAL;

CREATE OR REPLACE VIEW release_commits AS
SELECT
    r.version AS release, r.projects AS projects, c.position AS position, c.id AS commit, c.repository AS repository,
    c.author_name AS author_name, c.author_email AS author_email, c.message AS message, c.committed_at AS committed_at,
    c.files AS files
FROM commits AS c FINAL
INNER JOIN (SELECT id, version, projects, commit_set FROM releases FINAL) AS r
ON r.id = c.release_id AND r.commit_set = c.commit_set;

CREATE OR REPLACE VIEW deploy_list AS
SELECT
    r.version AS release, r.projects AS projects, d.environment AS environment, d.name AS name, d.url AS url,
    d.date_started AS date_started, d.date_finished AS date_finished
FROM deploys AS d FINAL
INNER JOIN (SELECT id, version, projects FROM releases FINAL) AS r ON r.id = d.release_id;
