"""Every content encoding is undone, whole or in parts, and what is broken or grows without bound is refused."""

import gzip
import sys
import tracemalloc
import zlib
from contextlib import suppress

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from errata.contracts.outcomes import Invalid, Reason
from errata.protocols.encodings import MAX_STREAMS, STEP, decode, decoder

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


ENCODERS = {
    "br": lambda data: brotli.compress(data, quality=4),
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZIP ": gzip.compress,
    "deflate": zlib.compress,
    "deflate (raw)": raw_deflate,
    "zstd": zstd.compress,
    "identity": bytes,
    "": bytes,
    "unheard-of": bytes,
}
ALL = pytest.mark.parametrize("name", ENCODERS)
REAL = pytest.mark.parametrize("name", ["br", "gzip", "deflate", "deflate (raw)", "zstd"])


def encoding(name: str) -> str:
    return name.removesuffix(" (raw)")


@ALL
@pytest.mark.parametrize("data", [b"{}", b"hello" * 1000, bytes(range(256)) * 3000])
def test_a_body_is_given_back(name, data):
    assert decode(encoding(name), ENCODERS[name](data), limit=len(data)) == data


@ALL
def test_a_body_in_single_bytes_is_given_back(name):
    undo = decoder(encoding(name))
    packed = ENCODERS[name](b"some body " * 50)
    out = b"".join(piece for at in range(len(packed)) for piece in undo.feed(packed[at : at + 1]))
    undo.finish()
    assert out == b"some body " * 50


@REAL
def test_a_body_that_is_cut_short_is_refused(name):
    packed = ENCODERS[name](b"hello" * 1000)
    for cut in {0, 1, len(packed) // 2, len(packed) - 1}:
        with pytest.raises(Invalid) as refusal:
            decode(encoding(name), packed[:cut], limit=10_000)
        assert refusal.value.reason is Reason.BAD_ENCODING


@REAL
def test_a_body_with_something_behind_it_is_refused(name):
    with pytest.raises(Invalid) as refusal:
        decode(encoding(name), ENCODERS[name](b"hello") + b"garbage", limit=10_000)
    assert refusal.value.reason is Reason.BAD_ENCODING


@pytest.mark.parametrize("name", ["gzip", "zstd"])
def test_members_and_frames_are_joined_up_to_a_bound(name):
    assert decode(name, ENCODERS[name](b"a") + ENCODERS[name](b"b"), limit=10) == b"ab"
    with pytest.raises(Invalid):
        decode(name, ENCODERS[name](b"") * (MAX_STREAMS + 1), limit=10)


@REAL
def test_a_bomb_is_refused_in_bounded_memory(name):
    bomb = ENCODERS[name](bytes(100_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(Invalid) as refusal:
            decode(encoding(name), bomb, limit=1_000_000)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000 + 8 * STEP
    finally:
        tracemalloc.stop()
    assert refusal.value.reason is Reason.TOO_LARGE


@REAL
def test_output_comes_in_small_steps(name):
    pieces = list(decoder(encoding(name)).feed(ENCODERS[name](bytes(3_000_000))))
    assert sum(map(len, pieces)) == 3_000_000
    assert max(map(len, pieces)) <= STEP


@given(
    st.sampled_from(["br", "gzip", "deflate", "zstd", "identity"]),
    st.lists(st.binary(min_size=1, max_size=80), max_size=4),
)
def test_any_bytes_decode_or_are_invalid(name, chunks):
    undo = decoder(name)
    with suppress(Invalid):
        for chunk in chunks:
            assert all(undo.feed(chunk))
        undo.finish()


@given(st.sampled_from(["br", "gzip", "deflate", "zstd"]), st.binary(max_size=500), st.data())
def test_a_damaged_body_decodes_or_is_invalid(name, data, draw):
    packed = bytearray(ENCODERS[name](data))
    packed[draw.draw(st.integers(0, len(packed) - 1))] ^= draw.draw(st.integers(1, 255))
    with suppress(Invalid):
        assert len(decode(name, bytes(packed), limit=1_000_000)) <= 1_000_000
