"""Bytes of a partition's log on its brokers' disks, by a request of Kafka's protocol that aiokafka does not have.

`DescribeLogDirs`, version 1: https://kafka.apache.org/protocol#The_Messages_DescribeLogDirs. It needs the right to
describe the cluster.
"""

from collections.abc import Collection

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int16, Int32, Int64, Schema, String

_TEXT = String("utf-8")


class _Answer(Response):  # type: ignore[misc] # aiokafka ships no types
    API_KEY = 35
    API_VERSION = 1
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "results",
            Array(
                ("error_code", Int16),
                ("log_dir", _TEXT),
                (
                    "topics",
                    Array(
                        ("name", _TEXT),
                        (
                            "partitions",
                            Array(
                                ("partition_index", Int32),
                                ("partition_size", Int64),
                                ("offset_lag", Int64),
                                ("is_future_key", Boolean),
                            ),
                        ),
                    ),
                ),
            ),
        ),
    )


class _Question(RequestStruct):  # type: ignore[misc]
    API_KEY = 35
    API_VERSION = 1
    RESPONSE_TYPE = _Answer
    SCHEMA = Schema(("topics", Array(("topic", _TEXT), ("partitions", Array(Int32)))))


class _DescribeLogDirs(Request[_Question]):  # type: ignore[misc]
    API_KEY = 35

    def __init__(self, topics: dict[str, list[int]]) -> None:
        self._topics = list(topics.items())

    def build(self, struct: type[_Question]) -> _Question:
        return struct(self._topics)


async def log_sizes(client: AIOKafkaAdminClient, places: Collection[TopicPartition]) -> dict[TopicPartition, int]:
    """Give the bytes of each partition's log: of the largest of its replicas, which differ by what is on its way.

    Raises:
        aiokafka.errors.KafkaError: a broker does not answer, or may not tell.

    """
    topics: dict[str, list[int]] = {}
    for topic, partition in places:
        topics.setdefault(topic, []).append(partition)
    sizes = dict.fromkeys(places, 0)
    for broker in (await client.describe_cluster())["brokers"]:
        answer = await client._send_request_to_node(broker["node_id"], _DescribeLogDirs(topics))  # noqa: SLF001
        for error_code, _folder, found in answer.results:
            if error_code:
                raise for_code(error_code)
            for topic, partitions in found:
                for partition, size, _lag, is_future in partitions:
                    if not is_future:  # being moved to another disk
                        place = TopicPartition(topic, partition)
                        sizes[place] = max(sizes[place], size)
    return sizes
