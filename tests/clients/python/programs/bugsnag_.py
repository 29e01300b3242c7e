"""One handled and one unhandled error by bugsnag."""

import sys

import bugsnag

url, key = sys.argv[1:]
bugsnag.configure(
    api_key=key,
    endpoint=f"{url}/notify",
    session_endpoint=f"{url}/sessions",
    app_version="shop@1.0.0",
    release_stage="live",
    asynchronous=False,
)
bugsnag.add_feature_flag("area", "cart")


def name_user(event):
    event.user = {"id": "17"}


bugsnag.before_notify(name_user)


def charge(error):
    raise error


def order(error):
    charge(error)


try:
    order(ValueError("handled by bugsnag"))
except ValueError as error:
    bugsnag.notify(error)
order(RuntimeError("unhandled by bugsnag"))
