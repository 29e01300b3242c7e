"""Events full of canaries, the same for the same seed: a secret of each form at every leaf and in every key, and
arbitrary text under every name of a secret. What must be nowhere afterwards is given beside each event.
"""

import random
import string

from tests.stages.scrub import events
from tests.stages.scrub.vendor_tokens import vendor_tokens

from errata.stages.scrub import places
from errata.stages.scrub.finders.cards import luhn

_SECRET_NAMES = (
    "password db_passwd userPassword client_secret access_token X-Auth-Token apiKey Authorization credentials private_key "
    "mysql_pwd session_id PHPSESSID csrf_token Set-Cookie jwt passphrase cvv otp connectionString"
).split()
_ASSIGNED = (
    "{}={}&page=2",
    '{{"a": 1, "{}": "{}"}}',
    "{{'{}': '{}'}}",
    "curl -H '{}: {}' https://shop.example",
    "<login><{0}>{1}</{0}></login>",
    "run --{} {} --fast",
)
_TAIL = 12
"""Characters at the end of a secret that are looked for: long enough to be nothing else."""


class Canaries:
    """Makes events, and remembers what must not survive."""

    def __init__(self, seed):
        self._random = random.Random(seed)
        self.secrets = set()

    def event(self):
        """A fresh event with another secret at each place."""
        event = events.event()
        for path in events.LEAVES:
            protected = places.is_protected(path) or places.is_version(path)
            if path[-1] == 0 and not {"tags", "headers"}.isdisjoint(path):
                # Normalize makes one word of a tag's key, and gives a header's name capitals.
                events.at(event, path[:-1])[0] = self._card()
                continue
            # In a line of source code an assignment says nothing.
            assigned = not protected and not places.is_source_line(path)
            events.at(event, path[:-1])[path[-1]] = self._text(personal=not protected, assigned=assigned)
        for path in events.MAPPINGS:
            holder = events.at(event, path)
            holder[self._beyond_doubt()] = self._beyond_doubt()
            if path and not places.is_protected(path):
                holder[self._random.choice(_SECRET_NAMES)] = self._random.choice(
                    [self.word, lambda: [self.word()], lambda: {"a": {"b": self.word()}}]
                )()
        event["request"]["headers"].append([self._random.choice(_SECRET_NAMES), self.word()])
        event["tags"].append([self._random.choice(_SECRET_NAMES), self.word()])
        event["extra"]["fields"] = [{"name": self._random.choice(_SECRET_NAMES), "value": self.word()}]
        event["extra"]["argv"] = ["run", "--token", self.word()]
        return event

    def _text(self, *, personal, assigned):
        kinds = [self._beyond_doubt, *([self._personal] * personal), *([self._assigned] * assigned)]
        secret = self._random.choice(kinds)()
        return self._random.choice(["{}", "sent {} to them", '"{}"', "first\n{}\nlast", "({}), then"]).format(secret)

    def _planted(self, secret, core=None):
        self.secrets.add(core or secret[-_TAIL:])
        return secret

    def word(self):
        return self._planted("canary" + self._letters(14))

    def _assigned(self):
        return self._random.choice(_ASSIGNED).format(self._random.choice(_SECRET_NAMES), self.word())

    def _beyond_doubt(self):
        return self._random.choice([self.token, self.token, self._card, self._key, self._bearer, self._url])()

    def token(self):
        hexdigits = "".join(self._random.choices("0123456789abcdef", k=150))
        return self._planted(self._random.choice(vendor_tokens(self._letters(200), hexdigits)))

    def _card(self):
        digits = "4" + "".join(self._random.choices(string.digits, k=14))
        number = next(digits + check for check in string.digits if luhn((digits + check).encode()))
        return self._planted(self._random.choice(["", " ", "-"]).join(number[at : at + 4] for at in range(0, 16, 4)))

    def _key(self):
        body = self._letters(64)
        self._planted(body)
        return f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----"

    def _bearer(self):
        return "Bearer " + self.word()

    def _url(self):
        word = self.word()
        return f"postgres://shop:{word}@db.internal/shop"

    def _personal(self):
        number = self._random.randrange(10**6, 10**7)
        return self._random.choice(
            [
                lambda: self._planted(f"anna{number}x@shop.example", f"anna{number}x"),
                lambda: self._planted(
                    f"64.{number % 251}.{number % 241}.{200 + number % 50}", f"64.{number % 251}.{number % 241}."
                ),
                lambda: self._planted(f"{100 + number % 500}-{10 + number % 80}-{1000 + number % 8999}"),
            ]
        )()

    def _letters(self, count):
        """Letters and digits, of both kinds in any twelve."""
        letters = self._random.choices(string.ascii_letters + string.digits, k=count)
        letters[::4] = self._random.choices(string.digits, k=len(letters[::4]))
        letters[1::4] = self._random.choices(string.ascii_letters, k=len(letters[1::4]))
        return "".join(letters)
