"""One handled and one unhandled error by sentry-sdk."""

import sys

import sentry_sdk

url, key = sys.argv[1:]
scheme, _, host = url.partition("://")
sentry_sdk.init(dsn=f"{scheme}://{key}@{host}/1", release="shop@1.0.0", environment="live")
try:
    raise ValueError("handled by sentry")
except ValueError:
    sentry_sdk.capture_exception()
raise RuntimeError("unhandled by sentry")
