"""Mechanisms, and the names of the numbers in them."""

import errno
import signal
import sys

import pytest

from errata.stages.normalize import system_codes


@pytest.fixture
def mechanism_of(normalized):
    def mechanism(sent, **event):
        event = normalized({"exception": [{"type": "E", "mechanism": sent}], **event})
        return event["exception"]["values"][0].get("mechanism"), event.get("errors", [])

    return mechanism


@pytest.mark.parametrize(
    ("system", "number", "code", "names"),
    [
        ("iOS", 10, 1, ("SIGBUS", "BUS_ADRALN")),
        ("macOS", 8, 1, ("SIGFPE", "FPE_FLTDIV")),
        ("iOS", 4, 2, ("SIGILL", "ILL_ILLTRP")),
        ("tvOS", 11, 0, ("SIGSEGV", "SEGV_NOOP")),
        ("watchOS", 20, 1, ("SIGCHLD", "CLD_EXITED")),
        ("iOS", 7, 1, ("SIGPOLL", "POLL_IN")),
        ("Linux", 11, 1, ("SIGSEGV", None)),
        ("Android", 10, 1, ("SIGUSR1", None)),
        ("Windows", 22, None, ("SIGABRT", None)),
        ("Plan 9", 11, 1, (None, None)),
    ],
)
def test_a_signal_has_the_names_of_its_system(mechanism_of, system, number, code, names):
    meta = {"signal": {"number": number, "code": code}}
    found, _ = mechanism_of({"type": "m", "meta": meta}, contexts={"os": {"name": system}})
    assert (found["meta"]["signal"].get("name"), found["meta"]["signal"].get("code_name")) == names


@pytest.mark.parametrize(
    ("system", "number", "name"),
    [
        ("Linux", 11, "EAGAIN"),
        ("Linux", 111, "ECONNREFUSED"),
        ("macOS", 35, "EAGAIN"),
        ("Windows", 140, "EWOULDBLOCK"),
        ("Windows", 81, None),
        (None, 2, None),
    ],
)
def test_an_errno_has_the_name_of_its_system(mechanism_of, system, number, name):
    event = {"debug_meta": {"sdk_info": {"sdk_name": system}}} if system else {}
    found, _ = mechanism_of({"type": "m", "meta": {"errno": {"number": number}}}, **event)
    assert found["meta"]["errno"].get("name") == name


def test_the_sdk_knows_the_system_better_than_the_context(mechanism_of):
    found, _ = mechanism_of(
        {"type": "m", "meta": {"signal": {"number": 10}}},
        debug_meta={"sdk_info": {"sdk_name": "Linux"}},
        contexts={"os": {"name": "iOS"}},
    )
    assert found["meta"]["signal"]["name"] == "SIGUSR1"


def test_names_that_the_client_gives_stay(mechanism_of):
    found, _ = mechanism_of(
        {"type": "m", "meta": {"errno": {"number": 2, "name": "OWN"}}}, contexts={"os": {"name": "Linux"}}
    )
    assert found["meta"]["errno"]["name"] == "OWN"


def test_mach_exceptions_are_darwins_wherever_they_come_from(mechanism_of):
    found, _ = mechanism_of({"type": "m", "meta": {"mach_exception": {"exception": 1, "code": 1, "subcode": 0}}})
    assert found["meta"]["mach_exception"]["name"] == "EXC_BAD_ACCESS"


@pytest.mark.skipif(sys.platform != "linux", reason="compares with the numbers of the running system")
def test_linux_is_as_its_headers_say():
    names = system_codes.ERRORS[system_codes.LINUX]
    assert {number: name for number, name in names.items() if getattr(errno, name, number) != number} == {}
    signals = system_codes.SIGNALS[system_codes.LINUX]
    assert {number: name for number, name in signals.items() if getattr(signal, name, number) != number} == {}


def test_the_form_of_old_apple_clients_becomes_the_present_one(mechanism_of):
    found, errors = mechanism_of(
        {
            "posix_signal": {"signal": 11, "code": 1, "name": "SIGSEGV", "code_name": "SEGV_MAPERR"},
            "mach_exception": {"exception": 1, "exception_name": "EXC_BAD_ACCESS", "code": 1, "subcode": 8},
            "relevant_address": "0x1",
            "handled": False,
        }
    )
    assert found == {
        "type": "generic",
        "handled": False,
        "data": {"relevant_address": "0x1"},
        "meta": {
            "signal": {"number": 11, "code": 1, "name": "SIGSEGV", "code_name": "SEGV_MAPERR"},
            "mach_exception": {"exception": 1, "code": 1, "subcode": 8, "name": "EXC_BAD_ACCESS"},
        },
    }
    assert errors == []


def test_a_mechanism_names_its_type(mechanism_of):
    found, errors = mechanism_of({"handled": True})
    assert found == {"handled": True}
    assert errors == [{"type": "missing_attribute", "name": "exception.values.0.mechanism.type"}]


def test_what_a_system_says_is_complete(mechanism_of):
    found, errors = mechanism_of(
        {"type": "m", "meta": {"mach_exception": {"exception": 1}, "ns_error": {"code": "x"}, "errno": {}, "own": 1}}
    )
    assert found["meta"] == {"mach_exception": {"exception": 1, "name": "EXC_BAD_ACCESS"}, "own": 1}
    outer = "exception.values.0.mechanism.meta"
    assert {(note["type"], note["name"].removeprefix(outer)) for note in errors} == {
        ("missing_attribute", ".mach_exception.code"),
        ("missing_attribute", ".mach_exception.subcode"),
        ("missing_attribute", ".ns_error.domain"),
        ("invalid_data", ".ns_error.code"),
    }


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://x.test", 3, "http:/x"])
def test_a_help_link_leads_to_the_web(mechanism_of, link):
    found, errors = mechanism_of({"type": "m", "help_link": link})
    assert found == {"type": "m"}
    assert [(note["type"], note["name"]) for note in errors] == [
        ("invalid_data", "exception.values.0.mechanism.help_link")
    ]
    assert mechanism_of({"type": "m", "help_link": "https://x.test"})[0]["help_link"] == "https://x.test"


def test_an_empty_mechanism_is_nothing(mechanism_of):
    assert mechanism_of({}) == (None, [])
    assert mechanism_of(None) == (None, [])
    assert mechanism_of({"type": "m", "data": {}, "meta": {}}) == ({"type": "m"}, [])
