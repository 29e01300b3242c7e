"""One handled and one unhandled error by rollbar, which leaves `sys.excepthook` to the program."""

import sys

import rollbar

url, key = sys.argv[1:]
rollbar.init(
    key,
    "live",
    endpoint=f"{url}/api/1/",
    handler="blocking",
    code_version="shop@1.0.0",
    root=sys.path[0],
    branch="main",
)
more = {"person": {"id": "17"}}


def charge(error):
    raise error


def order(error):
    charge(error)


try:
    order(ValueError("handled by rollbar"))
except ValueError:
    rollbar.report_exc_info(level="warning", payload_data=more)
sys.excepthook = lambda *exc_info: rollbar.report_exc_info(exc_info, payload_data=more)
order(RuntimeError("unhandled by rollbar"))
