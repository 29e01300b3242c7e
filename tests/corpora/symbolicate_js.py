"""Whole stacks, field by field, for the cases whose files are at hand.

The frames of the cases stand as in an event, the oldest call first, whatever their key says: in those that tell, a page's
handler stands before the script's function that it calls.

A file is at hand when its content is: a map among the corpora's, or a text whose lines the case itself shows. Of a long
line only the beginning is shown; what it breaks off is closed, so that scopes can be read.
"""

import asyncio
import tempfile
from urllib.parse import urlsplit

from tests.corpora.where import Score
from tests.data import CORPORA
from tests.stages.symbolicate.running import processed
from tests.stores.blobs.uploading import NOW, Shelf

CORPUS = "symbolicate_js"
FIELDS = (
    "function",
    "filename",
    "abs_path",
    "lineno",
    "colno",
    "module",
    "context_line",
    "pre_context",
    "post_context",
)
SNIP = " {snip}"


def shown_files(case):
    """Give the files that the frames, as they came, show: path to text."""
    lines = {}
    for stack in case["expected"]["raw_stacktraces"]:
        for frame in stack["frames"]:
            if "context_line" in frame:
                before = frame.get("pre_context", [])
                shown = [*before, frame["context_line"], *frame.get("post_context", [])]
                known = lines.setdefault(urlsplit(frame["abs_path"]).path, {})
                known |= {frame["lineno"] - len(before) + place: line for place, line in enumerate(shown)}
    return {path: "\n".join(closed(known[number]) for number in sorted(known)) for path, known in lines.items()}


def closed(line):
    """Give a line whose end is not shown with what its beginning opened closed."""
    if not line.endswith(SNIP):
        return line
    line = line.removesuffix(SNIP)
    return line + ")" * (line.count("(") - line.count(")")) + ("}finally{}" if "try{" in line else "") + "}"


def files_at_hand(case):
    """Give the files of a case, None when one that matters is not here."""
    shown = shown_files(case)
    files = {}
    for artifact in case["artifacts"]:
        name = artifact["url"]
        if artifact["type"] != "file":
            return None
        found = next((CORPORA / "maps").rglob(name), None) if name.endswith(".map") else None
        text = shown.get("/" + name)
        if found is not None:
            files["~/" + name] = found.read_bytes()
        elif text is not None and "base64," not in text:
            files["~/" + name] = text.encode()
        else:
            return None
    return files


async def stacks(case, files, folder):
    """Give the frames of a case as the stage leaves them, and the errors."""
    shelf = Shelf(folder)
    for name, content in {"~/unrelated.js": b"", **files}.items():
        await shelf.uploads.add_release_file(1, name, content, now=NOW, release=case["release"] or "")
    event = {
        "platform": "javascript",
        "release": case["release"],
        "exception": {"values": [{"type": "Error", "stacktrace": {"frames": case["frames_callee_first"]}}]},
    }
    event, _ = await processed(event, shelf.fetcher(), ["symbolicate"])
    value = event["exception"]["values"][0]
    return {
        "stacktraces": value["stacktrace"]["frames"],
        "raw_stacktraces": value.get("raw_stacktrace", value["stacktrace"])["frames"],
        "errors": [(error["url"], error["type"]) for error in event.get("errors", ())],
    }


def scores(cases):
    """Give the figures of the corpus."""
    same = fields = errors = at_hand = 0
    for case in cases:
        files = files_at_hand(case)
        if files is None or case["scraping"]:
            continue
        at_hand += 1
        with tempfile.TemporaryDirectory() as folder:
            found = asyncio.run(stacks(case, files, folder))
        expected = [(error["abs_path"], error["type"]) for error in case["expected"].get("errors", ())]
        errors += found["errors"] == expected
        for kind in ("stacktraces", "raw_stacktraces"):
            for ours, theirs in zip(found[kind], case["expected"][kind][0]["frames"], strict=True):
                fields += len(FIELDS)
                same += sum(ours.get(name) == theirs.get(name) for name in FIELDS)
    return [
        Score("fields, of cases at hand", same / fields, 1.0),
        Score("errors, of cases at hand", errors / at_hand, 1.0),
        Score("cases at hand", at_hand / len(cases), 0.3),
    ]
