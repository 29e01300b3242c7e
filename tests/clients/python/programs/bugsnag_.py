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
try:
    raise ValueError("handled by bugsnag")
except ValueError as error:
    bugsnag.notify(error)
raise RuntimeError("unhandled by bugsnag")
