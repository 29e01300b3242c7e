from tests.stages.fingerprint.making import event, exception, frame, stage

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
    explanation = stage().explain(dict(SENT))
    (part,) = explanation["default"]["parts"]
    assert [(found["contributes"], found.get("why")) for found in part["frames"]] == [
        (True, None),
        (True, None),
        (False, "repeats, or beyond the frames that count"),
        (False, "not the application's"),
        (False, "taken out by a stack-trace rule"),
    ]
    assert (explanation["version"], explanation["decided_by"]) == ("v1", "the algorithm")


def test_the_text_reads_as_a_tree():
    explanation = stage(fingerprint_rules="type:ValueError -> bad, {{ default }}").explain(dict(SENT))
    default = explanation["default"]["default"]
    assert explanation["text"] == [
        "grouping v1: a fingerprint rule of the project",
        '  rule: type:"ValueError" -> "bad{{ default }}"',
        f"  fingerprint: bad, {default}",
        f"  group: {explanation['hash']}",
        f"  {{{{ default }}}} = {default}, by stack",
        "    exception: ValueError",
        "      + shop main",
        "      + shop walk walk(x)",
        "      - shop walk walk(x)  (repeats, or beyond the frames that count)",
        "      - lib read  (not the application's)",
        "      - asyncio.events gone  (taken out by a stack-trace rule)",
    ]


def test_the_client_is_named_when_it_decided():
    assert stage().explain({**SENT, "fingerprint": ["x"]})["decided_by"] == "the client's fingerprint"
