from tests.stages.fingerprint.making import event, exception, explanation, frame

SENT = event(
    exception(
        frame("main", module="shop", in_app=True),
        frame("walk", module="shop", in_app=True, context_line="  walk(x)"),
        frame("walk", module="shop", in_app=True, context_line="  walk(x)"),
        frame("read", module="lib"),
        frame("gone", module="asyncio.events"),
    )
)


def test_the_tree_says_of_each_frame_whether_it_counts_and_why_not():
    found = explanation(dict(SENT))
    (part,) = found["default"]["parts"]
    assert [(found["contributes"], found.get("why")) for found in part["frames"]] == [
        (True, None),
        (True, None),
        (False, "repeats, or beyond the frames that count"),
        (False, "not the application's"),
        (False, "taken out by a stack-trace rule"),
    ]
    assert (found["version"], found["decided_by"]) == ("v1", "the algorithm")


def test_the_text_reads_as_a_tree():
    found = explanation(dict(SENT), fingerprint_rules="type:ValueError -> bad, {{ default }}")
    default = found["default"]["default"]
    assert found["text"] == [
        "grouping v1: a fingerprint rule of the project",
        '  rule: type:"ValueError" -> "bad{{ default }}"',
        f"  fingerprint: bad, {default}",
        f"  group: {found['hash']}",
        f"  {{{{ default }}}} = {default}, by stack",
        "    exception: ValueError",
        "      + shop main",
        "      + shop walk walk(x)",
        "      - shop walk walk(x)  (repeats, or beyond the frames that count)",
        "      - lib read  (not the application's)",
        "      - asyncio.events gone  (taken out by a stack-trace rule)",
    ]


def test_the_client_is_named_when_it_decided():
    assert explanation({**SENT, "fingerprint": ["x"]})["decided_by"] == "the client's fingerprint"


def test_where_all_frames_count_none_is_said_to_be_not_the_applications():
    unknown = frame(package="/opt/lib/libshop.so")
    stack = (frame("start"), frame("run"), frame("run"), unknown, frame("pay"))
    (part,) = explanation(event(exception(*stack), platform="native"))["default"]["parts"]
    assert [found.get("why") for found in part["frames"]] == [
        None,
        None,
        "repeats, or beyond the frames that count",
        "only its library is known",
        None,
    ]
