"""What `sentry-cli` 3 uploaded and what a real browser sent: the stored frames show the original sources."""

from tests.stages.symbolicate.running import frames, processed, raw_frames
from tests.stores.blobs.uploading import Shelf, recorded_chunks, recorded_event

PLACES = [("../src/a.js", 4, 87), ("../src/a.js", 4, 7), ("../src/a.js", 2, 38), ("../src/b.js", 1, 103)]


async def test_frames_of_the_recorded_pair_show_the_original_sources(tmp_path):
    shelf = Shelf(tmp_path)
    for content in recorded_chunks("debugid_pair").values():
        assert (await shelf.assemble(content)).state == "ok"
    event, fetches = await processed(recorded_event("debugid_pair"), shelf.fetcher())

    found = frames(event)
    assert fetches == 1
    assert [(frame["filename"], frame["lineno"], frame["colno"]) for frame in found[1:]] == PLACES[1:]
    assert [frame["function"] for frame in found[2:]] == ["checkout", "charge"]
    assert found[3]["context_line"].startswith("export function charge(order) {")
    assert found[2]["pre_context"] == ['import { charge } from "./b.js";']
    assert all(frame["data"]["symbolicated"] for frame in found)
    assert found[3]["abs_path"] == "http://127.0.0.1:9480/static/src/b.js"
    assert found[3]["data"]["sourcemap"] == "http://127.0.0.1:9480/static/js/app.min.js.map"
    assert [frame["lineno"] for frame in raw_frames(event)] == [3, 3, 3, 3]
    assert "errors" not in event
