-- What people query: plain names, times as times, nothing of how rows came here. Examples are in the README beside.

CREATE OR REPLACE VIEW errors AS
SELECT
    received_at, timestamp, project, group_hash AS issue, event_id, level, title, culprit, message,
    exception_types, exception_values, handled, platform, environment, release, dist, transaction, logger, server_name,
    tags, user, trace_id, span_id, sdk_name, sdk_version, payload
FROM events;

-- Answered from the projections: filter and group by these columns, and sum the errors.
CREATE OR REPLACE VIEW errors_per_minute AS
SELECT project, group_hash AS issue, environment, release, minute, count() AS errors
FROM events
GROUP BY project, group_hash, environment, release, minute;

CREATE OR REPLACE VIEW errors_per_hour AS
SELECT project, group_hash AS issue, environment, release, hour, count() AS errors
FROM events
GROUP BY project, group_hash, environment, release, hour;

-- Distinct users cannot be summed, so these are whole: one row an issue and hour.
CREATE OR REPLACE VIEW users_per_hour AS
SELECT project, group_hash AS issue, hour, uniqCombinedIf(user, notEmpty(user)) AS users
FROM events
GROUP BY project, group_hash, hour;

CREATE OR REPLACE VIEW issue_list AS
SELECT
    project, issue_id AS issue, short_id, status, level, title, culprit, count AS errors, users AS users_24h,
    first_seen, last_seen, first_release, last_release, resolved_at, platform, updated_at
FROM issues FINAL;

-- One row a transition, though a rebuilt tracker may have published it again.
CREATE OR REPLACE VIEW issue_history AS
SELECT
    project, issue_id AS issue, id, any(kind) AS what, min(t.at) AS happened_at, any(status_before) AS before,
    any(status_after) AS after, any(release) AS in_release, any(by) AS who, any(explanation) AS why
FROM transitions AS t
GROUP BY project, issue_id, id;

CREATE OR REPLACE VIEW alert_history AS
SELECT
    project, issue_id AS issue, id, any(a.fired_at) AS fired, any(rule_name) AS rule, any(kind) AS what,
    any(short_id) AS issue_short_id, any(title) AS issue_title, any(level) AS issue_level,
    any(environment) AS in_environment, any(release) AS in_release, any(value) AS counted, any(threshold) AS limit_of_rule,
    any(window_seconds) AS within_seconds, any(explanation) AS why
FROM alerts AS a
GROUP BY project, issue_id, id;

CREATE OR REPLACE VIEW outcome_counts AS
SELECT project, toStartOfHour(at) AS hour, outcome, reason, category, source, sum(quantity) AS items
FROM outcomes
GROUP BY project, hour, outcome, reason, category, source;

-- Each session once, by the worst that was said of it: updates come in any order.
CREATE OR REPLACE VIEW session_counts AS
SELECT
    project, release, environment, hour, sum(quantity) AS sessions,
    sumIf(quantity, status = 'crashed') AS crashed, sumIf(quantity, status = 'errored') AS errored,
    sumIf(quantity, status = 'abnormal') AS abnormal, sumIf(quantity, status = 'unhandled') AS unhandled,
    1 - crashed / sessions AS crash_free
FROM
(
    SELECT
        project, release, environment, toStartOfHour(min(s.started)) AS hour, 1 AS quantity,
        argMax(s.status, indexOf(['ok', 'exited', 'unhandled', 'abnormal', 'crashed'], s.status)) AS last_status,
        if(last_status IN ('ok', 'exited') AND max(s.errors) > 0, 'errored', last_status) AS status
    FROM sessions AS s
    WHERE s.sid != ''
    GROUP BY project, release, environment, sid
    UNION ALL
    SELECT project, release, environment, toStartOfHour(started) AS hour, quantity, sid AS last_status, status
    FROM sessions
    WHERE sid = ''
)
GROUP BY project, release, environment, hour;
