"""The checked-in schemas and examples are what the types say, and what yesterday's readers and writers agreed on."""

import json
from typing import Any

import jsonschema
import msgspec
import pytest

from errata.contracts import schemas
from errata.contracts.messages import PUBLIC_MESSAGES, Message, ProcessedEvent, encode
from errata.contracts.pack import decode_dead_letter, decode_pack, encode_dead_letter, encode_pack
from errata.contracts.topics import topics

KINDS = pytest.mark.parametrize("kind", PUBLIC_MESSAGES, ids=lambda kind: kind.__name__)


def example(kind: type[Message]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((schemas.EXAMPLES / f"{schemas.stem(kind)}.json").read_bytes())
    return value


@KINDS
def test_the_checked_in_schema_is_the_one_the_type_gives(kind: type[Message]) -> None:
    checked_in = (schemas.FOLDER / f"{schemas.stem(kind)}.schema.json").read_text(encoding="utf-8")
    assert checked_in == schemas.render(kind), "run `python -m errata.contracts.schemas` and read the difference"


@KINDS
def test_the_example_fits_its_schema(kind: type[Message]) -> None:
    jsonschema.Draft202012Validator(schemas.schema(kind)).validate(example(kind))


@KINDS
def test_a_reader_takes_the_example_and_a_writer_gives_it_back(kind: type[Message]) -> None:
    message = msgspec.json.decode(json.dumps(example(kind)), type=kind)
    assert json.loads(encode(message)) == example(kind)


@KINDS
def test_a_reader_ignores_fields_it_does_not_know(kind: type[Message]) -> None:
    newer = example(kind) | {"a_field_of_next_year": [1]}
    assert msgspec.json.decode(json.dumps(newer), type=kind) == msgspec.json.decode(
        json.dumps(example(kind)), type=kind
    )


def test_the_payload_passes_through_a_reader_byte_for_byte() -> None:
    raw = b'{"a":  [1, 2.50, "\\u00e9"]}'
    text = json.dumps(example(ProcessedEvent) | {"payload": 0}).encode().replace(b'"payload": 0', b'"payload": ' + raw)
    assert bytes(msgspec.json.decode(text, type=ProcessedEvent).payload) == raw


def test_the_example_pack_and_dead_letter_are_read_and_written_alike() -> None:
    pack = (schemas.EXAMPLES / "pack.v1.msgpack").read_bytes()
    letter = (schemas.EXAMPLES / "dead-letter.v1.msgpack").read_bytes()
    assert encode_pack(decode_pack(pack).items) == pack
    assert encode_dead_letter(decode_dead_letter(letter)) == letter


def test_a_pack_of_another_version_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError, match="version"):
        decode_pack(msgspec.msgpack.encode([2, []]))


def test_every_topic_names_a_message_type_that_exists() -> None:
    known = {kind.__name__ for kind in PUBLIC_MESSAGES} | {"Pack", "DeadLetter", "Layout", "Staged"}
    assert {topic.message for topic in topics().values()} == known


def test_every_public_topic_carries_a_message_with_a_schema() -> None:
    with_schema = {kind.__name__ for kind in PUBLIC_MESSAGES}
    assert all(topic.message in with_schema for topic in topics().values() if topic.public)
