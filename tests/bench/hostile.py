"""Events of 1 MB that are made to cost: what each finder, the walk and the redaction have most work with, or nearly.

Each shape gives an event. Texts stand in frame variables, in the way that a local variable with a dump of bytes does.
"""

import random
import string

MEGABYTE = 1 << 20
_RANDOM = random.Random(4111)


def _text(piece):
    """A variable of a frame that holds a piece, or what a function makes of a counter, again and again."""
    if callable(piece):
        pieces, size, number = [], 0, 0
        while size < MEGABYTE:
            pieces.append(piece(number))
            size += len(pieces[-1].encode())
            number += 1
        text = "".join(pieces)
    else:
        text = piece * (MEGABYTE // len(piece.encode()) + 1)
    return _variables({"data": text})


def _variables(values):
    frames = [{"function": "read", "module": "app", "vars": values}]
    return {"exception": {"values": [{"type": "Error", "value": "no", "stacktrace": {"frames": frames}}]}}


def _many(make, size):
    """An object of so many bytes with small values that a function makes of a counter."""
    return dict(make(number) for number in range(MEGABYTE // size))


def _digits(count):
    return "".join(_RANDOM.choices(string.digits, k=count))


def _nested(levels, inner):
    tree = inner
    for _ in range(levels):
        tree = {"in": tree}
    return tree


TEXTS = {
    "two-digit groups": "44 ",
    "bytes in decimal": lambda _: f"{_RANDOM.randrange(100):02} ",
    "bytes in hex": lambda _: f"{_RANDOM.randrange(256):02x} ",
    "four-digit groups": lambda _: f"{_digits(4)} ",
    "card beginnings": "4111 1111 ",
    "card beginnings, one digit more": "4111 1111 1111 1111 1 ",
    "cards": "4111 1111 1111 1111 ",
    "cards with a wrong check digit": lambda _: f"4{_digits(14)}\n",
    "numbers of sixteen digits": lambda _: f"{_digits(16)}, ",
    "one number": "4",
    "card by bytes": "4444 11 11 11 11 11, ",
    "mail addresses": lambda number: f"u{number}@ex.org ",
    "mail of people with names": lambda number: f"Ann Ex{number} <ann.exen@ex.org>\n",
    "almost mail": "a@a",
    "names before @": "aaaaaaaa.bbbbbbbbb-",
    "percent": "a%40b.",
    "IPv4 addresses": "64.1.2.3 ",
    "numbers with dots": "1.2.3.4.5.6.",
    "IPv6 addresses": "2001:db8::1 ",
    "colons": "fe80:",
    "double colons": "a::b",
    "MAC addresses": "4a:00:04:10:9b:50 ",
    "phone numbers": "+44 7700 900916 ",
    "phone words": "call me at ",
    "phone digits": "+1 1 1 1 ",
    "parentheses": "(0)(1) ",
    "IBANs": "DE89370400440532013000 ",
    "IBAN beginnings": "DE89 ",
    "IBAN letters": "DE89abcdefghij",
    "passwords": lambda number: f"password{number}=x{number}&",
    "names of secrets": "token ",
    "names in names": "tokenpasswordauth",
    "passwords in brackets": "password: {",
    "passwords in quotes": 'password="',
    "escaped quotes": '\\"token\\": \\"',
    "backslashes": "\\",
    "password, backslashes": 'token="\\\\\\',
    "cookies": "Cookie: a=b; ",
    "elements": "<password>",
    "options": "--password ",
    "curl": "curl -u a:",
    "private keys": "-----BEGIN PRIVATE KEY-----",
    "URLs": "://a:b",
    "passwords in URLs": "://a:b@c ",
    "at signs in URLs": "://a:b@@@@",
    "JWT beginnings": "eyJaaaaaaaa.",
    "tokens": lambda _: f"ghp_{_digits(36)} ",
    "token beginnings": "ghp_sk-ant-xoxb-AKIA",
    "bearers": "Bearer a1b2c3d4e5 ",
    "parameters": "?sig=&key=",
    "social security numbers": "078-05-1120 ",
    "letters with accents": "é",
    "NUL": "\0a",
}

SHAPES = {
    **{name: _text(piece) for name, piece in TEXTS.items()},
    "variables of many frames": {
        "exception": {
            "values": [
                {
                    "type": "Error",
                    "stacktrace": {
                        "frames": [
                            {"function": f"f{f}", "vars": {f"v{v}": f"{f}a{v}@ex.org" for v in range(100)}}
                            for f in range(MEGABYTE // 2400)
                        ]
                    },
                }
            ]
        }
    },
    "data of many breadcrumbs": {
        "breadcrumbs": {
            "values": [
                {"message": "x", "data": {f"token{v}": f"{c}a{v}" for v in range(100)}} for c in range(MEGABYTE // 2000)
            ]
        }
    },
    "small values": {"extra": _many(lambda n: (f"field_{n}", f"value {n} of bob@ex.org"), 44)},
    "small values in variables": _variables(_many(lambda n: (f"v{n}", f"{n}@ex.org"), 24)),
    "integers": _variables({"data": [int(f"4{_digits(15)}") for _ in range(MEGABYTE // 17)]}),
    "small strings": {"extra": {"data": [f"{number}" for number in range(MEGABYTE // 8)]}},
    "names of secrets as keys": {"extra": _many(lambda n: (f"password_{n}", f"v{n}"), 24)},
    "addresses as keys": {"extra": _many(lambda n: (f"user{n}@example.org", n), 28)},
    "pairs": {"request": {"headers": [["X-Token", f"{number}"] for number in range(MEGABYTE // 20)]}},
    "arguments": {"extra": {"argv": ["--token", "abc"] * (MEGABYTE // 17)}},
    "trees": {"extra": {f"t{number}": _nested(200, {"password": "x"}) for number in range(MEGABYTE // 1800)}},
    "secrets in trees": {"extra": {"secret": _nested(200, ["x"] * (MEGABYTE // 4))}},
    "contexts": {"contexts": {"token": _many(lambda n: (f"f{n}", f"v{n}"), 18)}},
    "names of native functions": {
        "exception": {
            "values": [
                {
                    "type": "SIGSEGV",
                    "stacktrace": {"frames": [{"function": "4111 1111 " * 20} for _ in range(MEGABYTE // 220)]},
                }
            ]
        }
    },
    "modules": {"modules": _many(lambda n: (f"package-number-{n}", f"4.{n}.111.11"), 36)},
}
