"""One handled and one unhandled error by pybrake, which leaves `sys.excepthook` to the program."""

import sys

import pybrake

url, key = sys.argv[1:]
notifier = pybrake.Notifier(
    project_id=1,
    project_key=key,
    host=url,
    environment="live",
    revision="shop@1.0.0",
    remote_config=False,
    performance_stats=False,
)
try:
    raise ValueError("handled by pybrake")
except ValueError as error:
    notifier.notify_sync(error)
sys.excepthook = lambda _type, error, _traceback: notifier.notify_sync(error)
raise RuntimeError("unhandled by pybrake")
