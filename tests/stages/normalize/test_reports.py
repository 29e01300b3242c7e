"""Browsers' own reports, and the place in a template."""

import pytest


def test_an_empty_text_of_a_report_says_something(normalized):
    sent = {"blocked_uri": "", "effective_directive": "img-src", "status_code": 200, "referrer": None, "own": [1]}
    assert normalized({"csp": dict(sent)})["csp"] == {key: sent[key] for key in sent if key != "referrer"}


@pytest.mark.parametrize(
    ("kind", "report", "names"),
    [
        ("csp", {"document_uri": 1, "line_number": "x"}, ["document_uri", "line_number"]),
        (
            "hpkp",
            {"port": -1, "include_subdomains": "yes", "known_pins": "pin"},
            ["port", "include_subdomains", "known_pins"],
        ),
        ("expectct", {"scts": [{"version": "x"}, 3]}, ["scts.0.version", "scts.1"]),
        ("expectstaple", {"served_certificate_chain": [1], "hostname": []}, ["served_certificate_chain.0", "hostname"]),
    ],
)
def test_a_wrong_field_of_a_report_is_removed(errors_of, kind, report, names):
    assert errors_of({kind: report}) == [("invalid_data", f"{kind}.{name}") for name in names]


def test_a_template_is_a_place(normalized, errors_of):
    sent = {"filename": "a.html", "lineno": "3", "context_line": "x", "pre_context": [None, "y"]}
    assert normalized({"template": sent})["template"] == {**sent, "lineno": 3, "pre_context": ["", "y"]}
    assert errors_of({"template": {"filename": 1}}) == [("invalid_data", "template.filename")]
    assert "template" not in normalized({"template": {}})
