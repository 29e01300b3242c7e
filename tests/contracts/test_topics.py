"""Who must read a topic is said once, in `topics.yaml`, and every service keeps to it."""

from errata.contracts import groups
from errata.contracts.topics import COMMANDS, EVENTS, INGEST, topics, topics_of
from errata.stages.plan import plan
from errata.stores.clickhouse.landing import TABLES
from errata_relay import readers
from errata_writer.writer import TOPICS


def test_only_known_groups_must_read_a_topic():
    segments = {
        segment.group for segment in plan(tuple(topic.cut_after for topic in topics().values() if topic.cut_after))
    }
    known = segments | {groups.TRACKER, groups.WRITER}
    assert {group for topic in topics().values() for group in topic.read_by} == known


def test_between_segments_the_next_one_must_read():
    for cut in (topic.cut_after for topic in topics().values() if topic.cut_after):
        after = plan((cut,))[1]
        assert topics()[after.source].read_by == (after.group,)


def test_the_writer_has_a_table_for_each_topic_that_it_must_read():
    assert set(TOPICS) == set(topics_of(groups.WRITER)) == set(TABLES)


def test_processor_and_tracker_must_read_what_they_are_made_for():
    assert INGEST in topics_of(groups.PROCESSOR)
    assert set(topics_of(groups.TRACKER)) == {EVENTS, COMMANDS}


def test_the_relay_watches_the_groups_that_must_read_what_it_writes():
    assert all(group in topics()[topic].read_by for topic, group in readers.READERS.items())
