import json

import pytest
from tests.stages.symbolicate.builds import minified

from errata.stages.symbolicate.mappings import Malformed
from errata.stores.blobs.disk_cache import DiskCache
from errata.stores.blobs.verdicts import Verdicts

TEXT, MAP, (PLUS, _) = minified("t", "q")
KEY = ("built", "map")


@pytest.fixture
def processes(tmp_path):
    """Two that share a disk."""
    return [Verdicts(DiskCache(tmp_path, 1 << 20)) for _ in range(2)]


def test_what_one_process_found_out_serves_the_next(processes):
    content = json.dumps(MAP).encode()
    first, second = (one.parsed(KEY, TEXT.encode(), content) for one in processes)
    assert second.verdict == first.verdict
    assert second.cost == first.cost
    assert second.lookup(1, PLUS) == first.lookup(1, PLUS)
    assert second.lookup(1, PLUS).function == "add"


def test_a_malformed_map_is_read_by_one_process_only(processes):
    with pytest.raises(Malformed) as first:
        processes[0].parsed(KEY, b"", b"{}")
    with pytest.raises(Malformed, match=str(first.value)):
        processes[1].parsed(KEY, b"", json.dumps(MAP).encode())  # the key says that it is the same


@pytest.mark.parametrize("before", [b")]}'\n", b"\xef\xbb\xbf"])
def test_a_map_that_is_not_parsed_as_it_stands_is_checked_each_time(processes, before):
    content = before + json.dumps(MAP).encode()
    for one in processes:
        made = one.parsed(KEY, TEXT.encode(), content)
        assert made.verdict is None
        assert made.lookup(1, PLUS).line == 3


def test_a_torn_file_is_no_verdict(processes, tmp_path):
    content = json.dumps(MAP).encode()
    processes[0].parsed(KEY, TEXT.encode(), content)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-1])
    assert processes[1].parsed(KEY, TEXT.encode(), content).lookup(1, PLUS).line == 3
