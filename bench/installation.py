"""An installation furnished for a measurement of the whole path, and what can be seen of it from outside.

Model, vendor and customers are the sandbox world. Limits that would be measured instead of the path are lifted and
printed with the figures.
"""

import contextlib
import os
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from bench.load import Series
from sandbox.children import Failed
from sandbox.stack import Stack, stack
from sandbox.world.records import Number

FIRST_NUMBER = "106540352242922"
REPLY = {"reply": "Yes, it is still here. Come by on Saturday between nine and five.", "knows": True}
#: What stands in the way of measuring the path: a pause for the customer's sake and a budget for the owner's.
LIFTED = {"MODEL_CALLS_PER_MINUTE": "1000000"}
LOOK_SECONDS = 0.2
#: Furnishing hundreds of workspaces takes minutes.
FURNISH_SECONDS = 1500


@dataclass
class Installation:
    """A running stack with some businesses in it, all of one vendor app."""

    running: Stack
    secret: str
    bots_on: bool = True
    quiet_seconds: int = 0
    webhook_url: str = ""
    schemas: list[str] = field(default_factory=list)

    def add_businesses(self, count: int) -> None:
        """Makes more of them and registers their numbers with the world."""
        already = len(self.schemas)
        made = self.inside(
            "businesses",
            count,
            first=FIRST_NUMBER,
            secret=self.secret,
            already=already,
            bots_on=self.bots_on,
            quiet_seconds=self.quiet_seconds,
        )
        self.webhook_url = self.running.base_url + made["webhook_path"]
        self.schemas += made["schemas"]
        for place in range(already, already + count):
            self.running.world.register_number(
                Number(
                    phone_number_id=str(int(FIRST_NUMBER) + place),
                    display_phone_number="+44 20 7946 0958",
                    waba_id="102290129340398",
                    token="bench-token",  # noqa: S106  # the sandbox's own
                    app_secret=self.secret,
                    webhook_url=self.webhook_url,
                    any_recipient=True,
                )
            )

    def answer(self, rules: Sequence[Mapping[str, Any]] = ()) -> None:
        """The model answers everybody the same at once, but for these rules of the world's script."""
        self.running.world.script_model([*rules, {"when": "*", "reply": REPLY}])

    def inside(self, function: str, *arguments: Any, **named: Any) -> dict[str, Any]:
        """Calls a function of bench.furnishing inside the installation. Raises Failed."""
        words = [*map(repr, arguments), *(f"{name}={value!r}" for name, value in named.items())]
        code = f"from bench import furnishing; furnishing.{function}({', '.join(words)})"
        return self.running.manage("shell", "--verbosity", "0", "--command", code, seconds=FURNISH_SECONDS)

    def series(self, name: str, count: int, **other: Any) -> Series:
        """Customers who write to these businesses, each once unless there are fewer `customers`."""
        return Series(
            self.webhook_url,
            self.secret,
            name,
            **{
                "number": FIRST_NUMBER,
                "count": count,
                "customers": count,
                "numbers": len(self.schemas),
                "at": int(time.time()),
                **other,
            },
        )

    def answers(self, *, after: int = 0) -> dict[str, float]:
        """When each customer got their answer, in Unix seconds, of what the vendor accepted after an order."""
        at: dict[str, float] = {}
        for line in self.running.world.ledger(after=after):
            at.setdefault(line.to, line.at)
        return at

    def last_order(self) -> int:
        """The order of the newest line of the vendor's ledger."""
        return max((line.order for line in self.running.world.ledger()), default=0)

    def settled(self) -> int:
        """How many of the bots' messages the vendor has reported as delivered, over all businesses."""
        return self.messages(sql.SQL("author = 'bot' AND state IN ('delivered', 'read')"))

    def messages(self, which: sql.SQL) -> int:
        """How many messages of all businesses are such."""
        one = sql.SQL("SELECT count(*) FROM {}.conversations_message WHERE {}")
        parts = [one.format(sql.Identifier(schema), which) for schema in self.schemas]
        return self.count(sql.SQL("SELECT sum(count) FROM ({}) parts").format(sql.SQL(" UNION ALL ").join(parts)))

    def due(self) -> int:
        """What is left to do: deliveries that wait, turns, and other items of work that are due soon or under way.

        E-mails about new leads go out a minute later, and are nobody's answer.
        """
        return self.count(
            sql.SQL(
                "SELECT (SELECT count(*) FROM ingest_delivery WHERE state = 'received') + (SELECT count(*) FROM "
                "work_workitem WHERE kind <> 'notices.mail' AND (lease_until > now() "
                "OR due_at <= now() + interval '5 seconds' OR (kind = 'dialogue.take_turns' AND due_at IS NOT NULL)))"
            )
        )

    def count(self, query: sql.SQL | sql.Composed) -> int:
        """The one number that the query finds."""
        with psycopg.connect(self.running.environment["DATABASE_URL"], autocommit=True) as database:
            found = database.execute(query).fetchone()
        return int(found[0]) if found else 0

    def wait_until_done(self, seconds: float) -> float:
        """Returns when nothing is left to do: the moment, in Unix seconds. Raises Failed after `seconds`."""
        until = time.monotonic() + seconds
        while left := self.due():
            if time.monotonic() > until:
                raise Failed(f"After {seconds:.0f} s there were still {left} things to do.")
            self.running.processes.check()
            time.sleep(LOOK_SECONDS)
        return time.time()


@contextlib.contextmanager
def installation(
    businesses: int, *, extra: Mapping[str, str] | None = None, bots_on: bool = True, quiet_seconds: int = 0
) -> Iterator[Installation]:
    """A furnished installation while the block runs; nothing of it is left afterwards. Raises Failed."""
    with stack({**LIFTED, **(extra or {})}, production=True) as running:
        furnished = Installation(running, secrets.token_hex(16), bots_on, quiet_seconds)
        furnished.answer()
        furnished.add_businesses(businesses)
        yield furnished


def lifted(extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The limits that were not as shipped, for the figures."""
    numbers = {"model_calls_per_minute": 1_000_000, "inbox_rate_per_minute": 4800, "quiet_seconds": 0}
    return {**numbers, **{name.lower(): value for name, value in (extra or {}).items()}}


def cores() -> int:
    """How many processors the figures come from."""
    return os.cpu_count() or 1
