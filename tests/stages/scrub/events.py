"""An event with every kind of place a secret can stand in."""

import copy

_EVENT = {
    "event_id": "9a7f1c0f6d2b4f7e8a1b2c3d4e5f6a7b",
    "platform": "python",
    "level": "error",
    "logger": "shop.orders",
    "transaction": "/orders",
    "server_name": "web-1",
    "release": "shop@1.2.3",
    "environment": "production",
    "culprit": "shop.orders in pay",
    "logentry": {"message": "payment %s failed", "params": ["x"], "formatted": "payment x failed"},
    "exception": {
        "values": [
            {
                "type": "PaymentError",
                "value": "declined",
                "module": "shop.errors",
                "mechanism": {"type": "django", "handled": False, "data": {"note": "n"}},
                "stacktrace": {
                    "frames": [
                        {
                            "function": "pay",
                            "module": "shop.orders",
                            "filename": "shop/orders.py",
                            "abs_path": "/srv/shop/orders.py",
                            "lineno": 7,
                            "pre_context": ["def pay(order):", "    total = 1"],
                            "context_line": "    charge(order)",
                            "post_context": ["    return total"],
                            "vars": {"order": "<Order 7>", "nested": {"list": ["a", ["b", {"c": "d"}]]}},
                        }
                    ]
                },
            }
        ]
    },
    "request": {
        "url": "https://shop.example/orders",
        "method": "POST",
        "query_string": [["q", "1"]],
        "data": {"item": "book", "note": "none"},
        "headers": [["User-Agent", "Mozilla/5.0"], ["Accept", "*/*"]],
        "cookies": {"theme": "dark"},
        "env": {"SERVER_NAME": "shop"},
    },
    "user": {"id": "7", "username": "anna", "geo": {"city": "Wien"}},
    "breadcrumbs": {"values": [{"category": "query", "message": "SELECT 1", "data": {"rows": "1"}}]},
    "tags": [["area", "checkout"], ["browser", "Firefox"]],
    "extra": {"environ": {"HOME": "/home/x"}, "sys.argv": ["manage.py", "runserver"], "text": "{}"},
    "contexts": {"os": {"name": "Linux", "version": "6.1"}, "custom": {"a": "b"}},
    "modules": {"django": "5.0"},
    "sdk": {"name": "sentry.python", "version": "2.75.0"},
    "fingerprint": ["{{ default }}"],
    "threads": {"values": [{"id": "1", "name": "MainThread"}]},
    "debug_meta": {"images": [{"type": "sourcemap", "code_file": "https://cdn.example/app.js"}]},
    "unknown": {"x": ["y"]},
}


def event():
    """A fresh one."""
    return copy.deepcopy(_EVENT)


def leaves(value, path=()):
    """The paths of all texts."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        if isinstance(below, str):
            yield (*path, key)
        yield from leaves(below, (*path, key))


def mappings(value, path=()):
    """The paths of all objects."""
    if isinstance(value, dict):
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield from mappings(below, (*path, key))


def at(value, path):
    """What stands at a path."""
    for step in path:
        value = value[step]
    return value


LEAVES = tuple(leaves(_EVENT))
MAPPINGS = tuple(mappings(_EVENT))
