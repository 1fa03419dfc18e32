"""Every fault: what it is, what it plays, how big, on how many numbers, and what counts as kept.

A fault that kills or stops something shared, or measures times, runs alone; the others run side by side, the longest
first. What a fault leaves behind to grow old meets nothing that it could not bear: no wanted crash that is not its own.
docs/chaos.md tells each row in words.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sandbox.chaos.customers import Size
from sandbox.chaos.faults import crashes, hands, live, model, postgres, processes, provider, redis, rubbish, webhooks
from sandbox.chaos.records import Expected
from sandbox.chaos.scene import Scene


@dataclass(frozen=True)
class Fault:
    """One row. `lines`: how many numbers it needs; `short`: its part of the load in a short run."""

    title: str
    cause: Callable[[Scene], None]
    size: Size
    lines: int = 2
    alone: bool = True
    short: float = 0.3
    expected: Expected = Expected()
    as_shipped: bool = False  # on an installation of its own, where no time is shortened and no limit raised

    def sized(self, part: float) -> Size:
        """A part of the load, at least a message a conversation."""
        size = self.size
        conversations = max(min(4, size.conversations), round(size.conversations * part))
        return replace(
            size,
            conversations=conversations,
            messages=max(conversations, round(size.messages * part)),
            seconds=max(min(5.0, size.seconds), size.seconds * part),
        )


USUAL = Size(conversations=40, messages=200, seconds=20)
LONG = replace(USUAL, seconds=40)
#: Writes on while Postgres hangs, and while its ledger is locked.
HANGING = replace(USUAL, messages=400, seconds=80)
#: Every webhook holds one message: as many webhooks as messages, and their duplicates.
SINGLE = replace(USUAL, most_in_post=1)
UNTAKEN = replace(USUAL, taken=0.0)
#: What may become of a question when the model gives no answer: people get the conversation.
HANDED_OVER = Expected(("model_failed", "handed_off"))
#: Each of ten customers writes ten messages, each in a webhook of its own.
BURSTS = Size(10, 100, 2, most_in_post=1, taken=0.0)
STORM = Size(conversations=300, messages=3_000, seconds=90)

FAULTS: Mapping[str, Fault] = {
    "F25": Fault("one who never stops; two bots", rubbish.flood, replace(USUAL, seconds=60), lines=3, alone=False),
    "F11": Fault("accepted, then silence", provider.accepts_and_hangs, USUAL, alone=False),
    "F12": Fault("silence before accepting", provider.hangs_before, USUAL, alone=False),
    "F15": Fault("every webhook five times at once", webhooks.repeated, UNTAKEN, lines=1, alone=False),
    "F14": Fault("internal errors; a token revoked", provider.errs_and_forgets, UNTAKEN, alone=False),
    "F16": Fault("messages and statuses in disorder", webhooks.disordered, USUAL, alone=False),
    "F22": Fault("bodies that are no webhooks", rubbish.garbage, USUAL, lines=1, alone=False),
    "F23": Fault("text at the edges of Unicode", rubbish.strange_text, UNTAKEN, alone=False),
    "F18": Fault("web dies around the commit", crashes.web_around_the_commit, USUAL),
    "F06": Fault("Redis emptied under load", redis.emptied, SINGLE),
    "F08": Fault("Postgres stopped at once and started again", postgres.crashed, USUAL),
    "F02": Fault("worker trees killed while the model thinks", processes.worker_trees, LONG),
    "F01": Fault("the process that waits for the model killed", processes.one_worker, replace(USUAL, conversations=20)),
    "F04": Fault("death between an answer and its sending", crashes.after_a_decision, UNTAKEN),
    "F03": Fault("death before, during and after a send", crashes.around_a_send, USUAL),
    "F05": Fault("no Redis", redis.away, replace(SINGLE, conversations=100, messages=770, seconds=30)),
    "F07": Fault("Redis hung, then full", redis.hung, replace(SINGLE, seconds=30)),
    "F10": Fault("Postgres hung, then its ledger locked", postgres.hung, HANGING),
    "F13": Fault("a number limited, another not", provider.throttled, USUAL, lines=3),
    "F17": Fault("no relay, then two", hands.relay_away, USUAL),
    "F20": Fault("clocks ten minutes off; odd dates", hands.wrong_clocks, USUAL),
    "F21": Fault("the model fails in one workspace", model.fails, UNTAKEN, lines=4, expected=HANDED_OVER),
    "F24": Fault("10,000 webhooks in ten seconds", webhooks.burst, Size(1_000, 7_693, 10, most_in_post=1, taken=0.0)),
    "F26": Fault("messages that kill who reads them", crashes.poison, USUAL),
    "F28": Fault("ten rolling restarts and a migration", hands.rolling_restart, LONG),
    "F29": Fault("the panel's socket breaks", live.broken_socket, UNTAKEN, lines=1),
    "storm": Fault("everything at once", processes.storm, STORM, lines=4),
    "fragments": Fault(
        "ten fragments in two seconds, all workers killed meanwhile", processes.fragments, BURSTS, as_shipped=True
    ),
    "F12-as-shipped": Fault("silence, no time shortened", provider.as_shipped, provider.SHIPPED, as_shipped=True),
}

#: Under four minutes together, with small loads.
SHORT = ("F11", "F12", "F15", "F18", "F06", "F08", "F02")
