"""One handled and one unhandled error by honeybadger, which has no word for a release."""

import sys

from honeybadger import honeybadger

url, key = sys.argv[1:]
honeybadger.configure(api_key=key, endpoint=url, environment="live", force_report_data=True, force_sync=True)
honeybadger.set_context(user_id=17, _tags=["cart"])


def charge(error):
    raise error


def order(error):
    charge(error)


try:
    order(ValueError("handled by honeybadger"))
except ValueError as error:
    honeybadger.notify(error)
order(RuntimeError("unhandled by honeybadger"))
