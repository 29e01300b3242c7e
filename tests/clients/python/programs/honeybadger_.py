"""One handled and one unhandled error by honeybadger."""

import sys

from honeybadger import honeybadger

url, key = sys.argv[1:]
honeybadger.configure(api_key=key, endpoint=url, environment="live", force_report_data=True, force_sync=True)
try:
    raise ValueError("handled by honeybadger")
except ValueError as error:
    honeybadger.notify(error)
raise RuntimeError("unhandled by honeybadger")
