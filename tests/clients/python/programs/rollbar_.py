"""One handled and one unhandled error by rollbar, which leaves `sys.excepthook` to the program."""

import sys

import rollbar

url, key = sys.argv[1:]
rollbar.init(key, "live", endpoint=f"{url}/api/1/", handler="blocking", code_version="shop@1.0.0")
try:
    raise ValueError("handled by rollbar")
except ValueError:
    rollbar.report_exc_info()
sys.excepthook = lambda *exc_info: rollbar.report_exc_info(exc_info)
raise RuntimeError("unhandled by rollbar")
