"""An issue in hand: its record, its windows, and what is already known of its users."""

from errata.alerts.windows import SlidingCount
from errata.issues.record import IssueRecord
from errata.stores.redis.partition_commit import Series


class Tracked:
    """One issue as a tracker holds it in memory, between reading it once and being dropped.

    `short_id` is what it will be called if it turns out to be new.
    """

    __slots__ = (
        "day_users_grew",
        "day_users_hour",
        "known_users",
        "noted",
        "record",
        "releases_known",
        "short_id",
        "users",
        "users_until",
        "windows",
    )

    def __init__(self, record: IssueRecord | None, windows: dict[Series, SlidingCount], *, noted: bool = False) -> None:
        self.record = record
        self.noted = noted
        """Redis has noted for ever that there is this issue."""
        self.short_id = "" if record is None else record.short_id
        self.windows = windows
        self.day_users_grew = False
        """There are users that the record's `users` does not count yet."""
        self.day_users_hour = 0
        """The hour, since 1970, that they were last counted in."""
        self.releases_known = record is None
        """It is known when the project first saw each of the record's releases."""
        self.users: dict[Series, int] = {}
        """Distinct users in the windows that rules ask for."""
        self.users_until: dict[Series, int] = {}
        """The newest bucket of each user window when it was counted."""
        self.known_users: dict[tuple[int, int, str], set[str]] = {}
        """By bucket size, bucket and environment: users that Redis has been told of."""

    def stored(self) -> None:
        """Take what Redis holds of it for up to date."""
        self.noted = True
        for count in self.windows.values():
            count.settle()
