"""Bodies are read in every encoding that ClickHouse's clients use, within a limit."""

import gzip
import zlib

import lz4.frame
import pytest
from backports import zstd

from errata_chdb.encodings import decode, encode
from errata_chdb.errors import ClickHouseError

ENCODERS = {"lz4": lz4.frame.compress, "zstd": zstd.compress, "gzip": gzip.compress, "deflate": zlib.compress}


@pytest.mark.parametrize("name", ENCODERS)
def test_several_frames_are_one_body(name: str) -> None:
    frames = ENCODERS[name](b"first" * 100) + ENCODERS[name](b"second" * 100)
    assert decode(frames, name, 10_000) == b"first" * 100 + b"second" * 100


@pytest.mark.parametrize("name", ENCODERS)
def test_a_cut_body_is_refused(name: str) -> None:
    with pytest.raises(ClickHouseError) as refused:
        decode(ENCODERS[name](b"x" * 1000)[:-5], name, 10_000)
    assert refused.value.code == 271


@pytest.mark.parametrize("name", ENCODERS)
def test_a_bomb_is_refused_at_the_limit(name: str) -> None:
    with pytest.raises(ClickHouseError) as refused:
        decode(ENCODERS[name](bytes(5_000_000)), name, 100_000)
    assert refused.value.status == 413


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(ClickHouseError):
        decode(b"x", "snappy", 100)


@pytest.mark.parametrize("accepted", ["lz4", "zstd;q=1, gzip", "gzip", "deflate"])
def test_answers_use_what_the_client_accepts(accepted: str) -> None:
    body, name = encode(b"answer" * 10, accepted)
    assert decode(body, name, 1_000) == b"answer" * 10
    assert name == accepted.partition(";")[0] or accepted == "deflate"
