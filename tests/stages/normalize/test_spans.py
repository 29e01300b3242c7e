"""Spans."""


def test_a_span_has_ids_and_times(errors_of):
    assert errors_of({"spans": [{"trace_id": "a0fa8803753e40fd8124b21eeb2986b5"}, None]}) == [
        ("missing_attribute", "spans.0.span_id"),
        ("missing_attribute", "spans.0.start_timestamp"),
        ("missing_attribute", "spans.0.timestamp"),
    ]


def test_fields_of_a_span_are_in_form(normalized):
    span = {
        "trace_id": "A0FA8803753E40FD8124B21EEB2986B5",
        "span_id": "8c931f4740435fb8",
        "start_timestamp": 1562873192,
        "timestamp": "2019-07-11T19:26:33Z",
        "status": 13,
        "tags": {"a": 1, "b": None},
        "data": {"rows": 3},
        "op": "db",
        "own": True,
    }
    assert normalized({"spans": [span, "junk"]})["spans"] == [
        {
            "trace_id": "a0fa8803753e40fd8124b21eeb2986b5",
            "span_id": "8c931f4740435fb8",
            "start_timestamp": 1562873192.0,
            "timestamp": 1562873193.0,
            "status": "internal_error",
            "tags": {"a": "1", "b": None},
            "data": {"rows": 3},
            "op": "db",
            "own": True,
        },
        None,
    ]
