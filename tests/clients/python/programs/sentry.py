"""One handled and one unhandled error by sentry-sdk."""

import sys

import sentry_sdk

url, key = sys.argv[1:]
scheme, _, host = url.partition("://")
sentry_sdk.init(dsn=f"{scheme}://{key}@{host}/1", release="shop@1.0.0", environment="live")
sentry_sdk.set_user({"id": "17"})
sentry_sdk.set_tag("area", "cart")


def charge(error):
    raise error


def order(error):
    charge(error)


try:
    order(ValueError("handled by sentry"))
except ValueError:
    sentry_sdk.capture_exception()
order(RuntimeError("unhandled by sentry"))
