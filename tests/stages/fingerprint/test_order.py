"""Who decides what an event is grouped by: rule, client, then the algorithm's own steps."""

from tests.stages.fingerprint.making import CONTEXT, event, exception, explained, frame, frames, group, grouping, stage

STACK = frames("+view", "+pay", "library")


def test_a_rule_wins_over_the_client_and_the_client_over_the_algorithm():
    sent = ["mine"]
    assert grouping(event(exception(*STACK), fingerprint=sent))["fingerprint"] == ["mine"]
    assert grouping(event(exception(*STACK), fingerprint=sent), fingerprint_rules="type:ValueError -> ours")[
        "fingerprint"
    ] == ["ours"]


def test_default_in_a_clients_fingerprint_stands_for_the_algorithms_group():
    alone = grouping(event(exception(*STACK)))["fingerprint"][0]
    assert grouping(event(exception(*STACK), fingerprint=["{{ default }}", "eu"]))["fingerprint"] == [alone, "eu"]


def test_a_fingerprint_of_default_alone_is_none():
    plain = group(event(exception(*STACK)))
    for sent in (["{{ default }}"], ["{{default}}"], [], None, "x", {"a": 1}):
        assert group(event(exception(*STACK), fingerprint=sent)) == plain


def test_an_event_shows_its_fingerprint_with_default_as_a_word():
    done = stage()(event(exception(*STACK), fingerprint=["{{ default }}", "{{ type }}"]), CONTEXT)
    assert done["fingerprint"] == ["{{ default }}", "ValueError"]


def test_only_the_applications_frames_count_when_there_are_any():
    assert explained(event(exception(*STACK))) == ["view", "pay"]
    assert explained(event(exception(*frames("a", "b")))) == ["a", "b"]


def test_values_lines_and_addresses_do_not_count_beside_a_stack():
    one = event(exception(frame("f", module="m", in_app=True, lineno=1, colno=2, instruction_addr="0x1"), value="a"))
    two = event(exception(frame("f", module="m", in_app=True, lineno=9, colno=8, instruction_addr="0x2"), value="b"))
    assert group(one) == group(two)


def test_the_type_counts_and_a_made_up_one_does_not():
    assert group(event(exception(*STACK, kind="A"))) != group(event(exception(*STACK, kind="B")))
    crash = [event(exception(*STACK, kind=kind, synthetic=True), platform="native") for kind in ("SIGSEGV", "SIGBUS")]
    assert group(crash[0]) == group(crash[1])


def test_causes_count():
    cause = exception(*frames("+connect"), kind="OSError")
    assert group(event(cause, exception(*STACK))) != group(event(exception(*STACK)))


def test_a_cause_without_frames_of_the_application_counts_by_its_type():
    one, other = (event(exception(*frames("read"), kind=kind), exception(*STACK)) for kind in ("A", "B"))
    assert explained(one) == ["view", "pay"]
    assert group(one) != group(other)


def test_an_exception_group_around_one_error_is_that_error():
    leaf = exception(*STACK, exception_id=1, parent_id=0)
    around = exception(*frames("+gather"), kind="ExceptionGroup", is_exception_group=True, exception_id=0)
    assert group(event(leaf, leaf, around)) == group(event(exception(*STACK)))


def test_the_order_of_errors_in_an_exception_group_does_not_count():
    a, b = exception(*frames("+a"), kind="A"), exception(*frames("+b"), kind="B")
    around = exception(kind="ExceptionGroup", is_exception_group=True)
    assert group(event(a, b, around)) == group(event(b, a, around))


def test_without_frames_type_and_message_pattern_count():
    sent = [event(exception(value=f"order {number} is missing")) for number in (1, 2)]
    assert group(sent[0]) == group(sent[1])
    assert group(sent[0]) != group(event(exception(value="order 1 is late")))
    assert grouping(sent[0])["fingerprint"][0].startswith("type-and-message:")


def test_an_apple_error_counts_by_domain_and_code_not_by_its_sentence():
    def error(code, value):
        return event(exception(kind="NSError", value=value, meta={"ns_error": {"domain": "Shop", "code": code}}))

    assert group(error(1, "It failed.")) == group(error(1, "Das ging schief."))
    assert group(error(1, "It failed.")) != group(error(2, "It failed."))


def test_a_message_wrapped_into_an_exception_is_a_message():
    wrapped = event(exception(*frames("+captureMessage"), kind=None, value="order 1 is missing", synthetic=True))
    assert group(wrapped) == group(event(logentry={"formatted": "order 2 is missing"}))


def test_a_message_is_grouped_by_its_template():
    def said(template, *params):
        return event(logentry={"message": template, "formatted": template % params, "params": list(params)})

    assert group(said("hello %s", "bob")) == group(said("hello %s", "eve"))
    assert group(said("%s", "first thing")) != group(said("%s", "second thing"))


def test_a_stack_without_an_exception_counts():
    assert explained(event(stacktrace={"frames": frames("+main", "+pay")})) == ["main", "pay"]


def test_the_thread_that_crashed_is_the_one_that_counts():
    threads = [
        {"id": 1, "current": True, "stacktrace": {"frames": frames("+current")}},
        {"id": 2, "crashed": True, "stacktrace": {"frames": frames("+crashed")}},
    ]
    assert explained(event(threads={"values": threads})) == ["crashed"]
    assert explained(event(threads={"values": threads[:1]})) == ["current"]


def test_an_exception_without_frames_takes_those_of_the_thread_that_crashed():
    crashed = {"id": 2, "crashed": True, "stacktrace": {"frames": frames("+pay")}}
    current = {"id": 1, "current": True, "stacktrace": {"frames": frames("+main")}}
    assert explained(event(exception(), threads={"values": [current, crashed]})) == ["pay"]
    assert explained(event(exception(), threads={"values": [current]})) == []


def test_security_reports_count_by_directive_and_origin():
    def report(uri, directive="img-src"):
        return {"csp": {"effective_directive": directive, "blocked_uri": uri}, "logentry": {"formatted": uri}}

    assert group(report("http://a.example/1.png")) == group(report("https://a.example/2.png"))
    assert group(report("http://a.example/1.png")) != group(report("http://b.example/1.png"))
    assert group(report("http://a.example/1.png")) != group(report("http://a.example/1.png", "script-src"))


def test_a_template_error_counts_by_file_and_line():
    one = {"template": {"filename": "/srv/1/cart.html", "context_line": "{% bad %}", "lineno": 1}}
    two = {"template": {"filename": "/srv/2/cart.html", "context_line": "{% bad %}", "lineno": 9}}
    assert group(one) == group(two)


def test_an_event_that_says_nothing_has_a_group_of_its_project():
    assert group({}) == group({"platform": "python", "exception": {"values": [None, {}]}})
    assert group({}) != stage(project_id=2)({}, CONTEXT)["errata"]["grouping"]["hash"]
