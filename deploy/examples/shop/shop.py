"""A small shop that fails in real ways: what an application with the ordinary Sentry client sends to Errata.

    SENTRY_DSN=http://KEY@127.0.0.1:PORT/1 python shop.py checkout

Each scenario raises real exceptions through the unmodified `sentry-sdk`; nothing in here knows Errata.
"""

import argparse
import os
from collections.abc import Callable

import sentry_sdk


def average_price(prices: list[float]) -> float:
    """Divide by the number of prices, even when there is none."""
    return sum(prices) / len(prices)


def checkout(cart: list[float]) -> float:
    """Fail on an empty cart."""
    return average_price(cart)


def charge(order: dict[str, str]) -> None:
    """Fail with what should never be in an error: a card's number in the message, a password among the locals."""
    password = order["password"]  # noqa: F841 - a local variable, which the client sends along
    raise PermissionError(f"card {order['card']} was declined for {order['email']}")


def reserve(item: int) -> None:
    """Fail with another number in each message; one issue all the same."""
    raise TimeoutError(f"warehouse did not answer within {item * 7 % 90 + 10} ms for item {item}")


def _empty_cart(_count: int) -> None:
    try:
        checkout([])
    except ZeroDivisionError as error:
        sentry_sdk.capture_exception(error)


def _declined_card(_count: int) -> None:
    order = {"card": "4111 1111 1111 1111", "email": "ada@example.com", "password": "correct horse battery staple"}
    sentry_sdk.set_user({"id": "7", "email": order["email"]})
    sentry_sdk.set_context("order", {"total": 42, "payment": {"card_number": order["card"]}})
    try:
        charge(order)
    except PermissionError as error:
        sentry_sdk.capture_exception(error)


def _burst(count: int) -> None:
    for item in range(count):
        sentry_sdk.set_user({"id": str(item % 40)})
        try:
            reserve(item)
        except TimeoutError as error:
            sentry_sdk.capture_exception(error)


SCENARIOS: dict[str, Callable[[int], None]] = {
    "checkout": _empty_cart,
    "declined-card": _declined_card,
    "burst": _burst,
}


def main() -> None:
    """Run one scenario and wait until the client has sent everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario", choices=SCENARIOS)
    parser.add_argument("--release", default="shop@1.0.0")
    parser.add_argument("--count", type=int, default=1, help="how many errors, for `burst`")
    parser.add_argument("--run", default="", help="a word that keeps this run's issues apart from those of other runs")
    arguments = parser.parse_args()
    if not os.environ.get("SENTRY_DSN"):
        parser.error("set SENTRY_DSN to the address that `errata up` printed")
    sentry_sdk.init(
        release=arguments.release,
        environment="production",
        # Most languages' clients do not scrub; without this client's own scrubber, Errata's has something to do.
        event_scrubber=None,
        send_default_pii=True,
        transport_queue_size=1000,  # the client drops what its queue of 100 cannot hold; a burst must arrive whole
        max_request_body_size="always",
    )
    if arguments.run:
        sentry_sdk.set_tag("run", arguments.run)
        sentry_sdk.get_global_scope().fingerprint = ["{{ default }}", arguments.run]
    SCENARIOS[arguments.scenario](arguments.count)
    sentry_sdk.flush(timeout=30)


if __name__ == "__main__":
    main()
