"""One handled and one unhandled error by pybrake, which leaves `sys.excepthook` to the program."""

import sys

import pybrake

url, key = sys.argv[1:]
notifier = pybrake.Notifier(
    project_id=1,
    project_key=key,
    host=url,
    environment="live",
    remote_config=False,
    performance_stats=False,
)


def tell_more(notice):
    notice["context"] |= {"version": "shop@1.0.0", "user": {"id": "17"}, "component": "cart"}
    return notice


notifier.add_filter(tell_more)


def charge(error):
    raise error


def order(error):
    charge(error)


try:
    order(ValueError("handled by pybrake"))
except ValueError as error:
    notifier.notify_sync(error)
sys.excepthook = lambda _type, error, _traceback: notifier.notify_sync(error)
order(RuntimeError("unhandled by pybrake"))
