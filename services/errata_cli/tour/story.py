"""The story that the tour tells: which errors the sample shop raises, in which order, and what must come of each."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from typing import NamedTuple

from errata.contracts.messages import AlertKind
from errata_cli.local.jars import CHECKOUT
from errata_cli.tour.answers import Answers, until

SHOP = CHECKOUT / "deploy" / "examples" / "shop" / "shop.py"
FIRST, FIXED = "shop@1.0.0", "shop@1.1.0"
BURST = 110
"""Above the 100 an hour of the rule `High Error Frequency` in the first configuration."""

CHECKOUT_ERROR, CARD_ERROR, BURST_ERROR = "ZeroDivisionError", "PermissionError", "TimeoutError"
SECRETS = ("4111 1111 1111 1111", "ada@example.com", "correct horse battery staple")
"""What `declined-card` sends that must not be stored."""


class Check(NamedTuple):
    """One thing that the tour promises, and whether it came true."""

    promise: str
    holds: bool


class Story:
    """One run of the shop against one stack."""

    def __init__(self, dsn: str, run: str, answers: Answers, say: Callable[[str], None]) -> None:
        """Prepare; `say` is told what happens, a line at a time."""
        self._dsn = dsn
        self._run = run
        self._answers = answers
        self._say = say

    async def tell(self) -> list[Check]:
        """Send everything, wait for what comes of it, and give every check."""
        return [
            await self._a_new_issue(),
            await self._the_same_again(),
            await self._personal_data(),
            await self._a_burst(),
            *await self._a_regression(),
        ]

    async def _a_new_issue(self) -> Check:
        self._say("checkout divides by zero: a new issue")
        await self._shop("checkout")
        alerts = await until(self._answers.alerts, bool)
        return Check("a new error alerts", any(alert.kind is AlertKind.FIRST_SEEN for alert in alerts))

    async def _the_same_again(self) -> Check:
        self._say("the same error again: counted, not alerted")
        await self._shop("checkout")
        issues = await until(self._answers.issues, lambda issues: bool(issues) and issues[0].errors == 2)
        return Check("the same error twice is one issue", [issue.errors for issue in issues] == [2])

    async def _personal_data(self) -> Check:
        self._say("a declined card, with its number, an e-mail address and a password")
        await self._shop("declined-card")
        await until(lambda: self._answers.issue(CARD_ERROR), lambda issue: issue is not None)
        _, event = await self._answers.stored(CARD_ERROR)
        leaked = [secret for secret in SECRETS if secret in str(event)]
        return Check("nothing personal is stored", not leaked)

    async def _a_burst(self) -> Check:
        self._say(f"{BURST} time-outs in a burst: more than 100 in an hour")
        await self._shop("burst", "--count", str(BURST))
        await until(lambda: self._answers.issue(BURST_ERROR), lambda issue: issue is not None and issue.errors == BURST)
        alerts = await until(
            self._answers.alerts, lambda alerts: any(alert.kind is AlertKind.EVENT_FREQUENCY for alert in alerts)
        )
        frequent = [alert for alert in alerts if alert.kind is AlertKind.EVENT_FREQUENCY]
        return Check("a burst alerts once", len(frequent) == 1)

    async def _a_regression(self) -> list[Check]:
        issue = await self._answers.issue(CHECKOUT_ERROR)
        if issue is None:
            return [Check("an issue can be resolved", holds=False)]
        self._say(f"{issue.short_id} is resolved, and comes back in {FIXED}")
        await self._errata("issues", "resolve", issue.short_id)
        issue = await until(
            lambda: self._answers.issue(CHECKOUT_ERROR), lambda issue: issue is not None and issue.status == "resolved"
        )
        resolved = Check("an issue can be resolved", issue is not None and issue.status == "resolved")
        await self._shop("checkout", "--release", FIXED)
        alerts = await until(
            self._answers.alerts, lambda alerts: any(alert.kind is AlertKind.REGRESSION for alert in alerts)
        )
        returned = any(alert.kind is AlertKind.REGRESSION for alert in alerts)
        # States of busy issues are published once a second, alerts at once: let the table catch up before it is shown.
        await until(
            lambda: self._answers.issue(CHECKOUT_ERROR), lambda issue: issue is not None and issue.status != "resolved"
        )
        return [resolved, Check("its return alerts", returned)]

    async def _shop(self, *arguments: str) -> None:
        await _run(str(SHOP), *arguments, "--run", self._run, SENTRY_DSN=self._dsn)

    async def _errata(self, *arguments: str) -> None:
        await _run("-m", "errata_cli", *arguments)


async def _run(*arguments: str, **environment: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env=os.environ | environment, stdout=subprocess.DEVNULL
    )
    await process.wait()
