"""A fault's stage: its own numbers, the load on them, and what can be seen of it from outside."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from sandbox.chaos import evidence, waiting
from sandbox.chaos.counting import Counts, count
from sandbox.chaos.customers import Load, Size, Words, Written, ask, phone, post_of, write
from sandbox.chaos.furnishing import Line
from sandbox.chaos.installation import Installation
from sandbox.chaos.meta import Answer, Meta
from sandbox.chaos.people import take_over
from sandbox.chaos.records import Evidence, Expected, Taken
from sandbox.world.records import Tried

LOOK_S = 0.5
#: What statuses can tell of is told within so long.
NEWS_S = 60.0
#: Conversations from here on are a fault's own extras; no promise is counted on them.
EXTRA = 900_000
PROVOKED = 1_000
PROVOKE_S = 4.0
ANSWERS = Expected()


@dataclass
class Scene:
    """One fault's run. `facts` are figures of its own that are printed with the counts; `broken` its own promises."""

    name: str
    site: Installation
    lines: tuple[Line, ...]
    size: Size
    seed: int
    expected: Expected = ANSWERS
    say: Callable[[str], None] = print
    load: Load = Load((), ())
    meta: Meta = field(default_factory=lambda: Meta((), 0))
    facts: dict[str, Any] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    by_people: list[str] = field(default_factory=list)
    threads: list[threading.Thread] = field(default_factory=list)
    began_at: float = 0.0
    written_at: float = 0.0
    provoked: int = 0
    #: Set when the next fault may begin: what is left here only has to grow old.
    released: threading.Event = field(default_factory=threading.Event)

    def play(
        self, *, words: Words = ask, lines: Sequence[Line] = (), change: Callable[[Load], Load] | None = None
    ) -> None:
        """Begins to write; returns at once."""
        self.prepare(words=words, lines=lines, change=change)
        self._begin(self.meta.play)
        for takeover in self.load.takeovers:
            if not takeover.by_phone:
                self._begin(lambda takeover=takeover: take_over(self, takeover))  # type: ignore[misc]  # bound now

    def prepare(
        self, *, words: Words = ask, lines: Sequence[Line] = (), change: Callable[[Load], Load] | None = None
    ) -> None:
        """Makes the load, and delivers nothing yet."""
        load = write(self.name, lines or self.lines, self.size, seed=self.seed, now=time.time(), words=words)
        self.load = change(load) if change else load
        self.meta = Meta(self.load.posts, self.seed)

    def aside(self, name: str, lines: Sequence[Line], size: Size, expected: Expected = ANSWERS) -> "Scene":
        """Begins a load of its own on some of the numbers, counted by itself."""
        other = Scene(f"{self.name}{name}", self.site, tuple(lines), size, self.seed, expected, self.say)
        other.play()
        return other

    def finish_writing(self) -> None:
        """Until everything was delivered, or given up."""
        for thread in self.threads:
            thread.join()
        self.written_at = time.monotonic()

    def now_open(self, lines: Sequence[Line] = ()) -> tuple[int, int, int]:
        """Messages unanswered (or not even read), waiting to be sent, and of unknown fate; of all numbers or these."""
        return waiting.now_open(self.site, lines or self.load.lines)

    def drain(self, seconds: float = 120.0) -> None:
        """Until everything that was accepted is answered and sent, unknown ones aside."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and any(self.now_open()[:2]):
            time.sleep(LOOK_S)
        self.facts["drain_s"] = round(time.monotonic() - self.written_at, 1)

    def wait_for_news(self, lines: Sequence[Line]) -> None:
        """Until these numbers have told of all that can be told, or it takes too long."""
        until = time.monotonic() + NEWS_S
        while time.monotonic() < until and any(self.now_open(lines)):
            time.sleep(LOOK_S)

    def settle(self, seconds: float = 240.0) -> None:
        """Until nothing is unknown any more: settled, or shown as unconfirmed."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and any(self.now_open()):
            time.sleep(LOOK_S)
        time.sleep(1.0)  # the last statuses are on their way
        self.facts["settle_s"] = round(time.monotonic() - self.written_at, 1)

    def release(self) -> None:
        """The next fault may begin. Once is enough."""
        if not self.released.is_set():
            self.facts["released_s"] = round(time.monotonic() - self.began_at, 1)
            self.released.set()

    def evidence(self) -> Evidence:
        """All that is counted."""
        return evidence.gather(self.site, self.load, self.meta.accepted(), self.by_people)

    def count(self) -> Counts:
        """The promises, counted."""
        return count(self.evidence(), self.expected)

    def promise(self, kept: bool, words: str) -> None:
        """Notes a promise of this fault's own that was not kept."""
        if not kept:
            self.broken.append(words)

    @property
    def answers(self) -> list[Answer]:
        """Every attempt to deliver a webhook of the load."""
        return list(self.meta.answers)

    def promise_prompt_intake(self, p99_s: float) -> None:
        """Every webhook was answered 2xx, and soon."""
        took = [answer.seconds for answer in self.answers]
        refused = sum(1 for answer in self.answers if not 200 <= answer.status < 300)
        self.facts |= {"webhooks": len(took), "non_2xx": refused, "p99_ms": round(percentile(took, 99) * 1000)}
        self.promise(not refused, f"{refused} webhooks were refused or not answered")
        self.promise(percentile(took, 99) < p99_s, f"webhooks' p99 was {percentile(took, 99):.2f} s")

    def ledger(self, lines: Sequence[Line] = ()) -> list[Taken]:
        """What the provider accepted of these numbers, or of the load's."""
        numbers = [line.number.phone_number_id for line in lines or self.load.lines]
        return list(evidence.ledger(self.site, numbers))

    def tried(self) -> list[Tried]:
        """Every send of the load's numbers that reached the provider."""
        return [one for line in self.load.lines for one in self.site.world.tried(number=line.number.phone_number_id)]

    def answered_after(self) -> list[float]:
        """Seconds from the acceptance of each message to that of its answer."""
        return waiting.answered_after(self.load, self.meta.accepted(), self.ledger())

    def another(self, line: Line, person: int, place: int, words: str = "Hello") -> Written:
        """A message beside the load, of a customer who is not in it."""
        conversation = EXTRA + person
        tag = f"q-{self.name}-{conversation}-{place}"
        number = line.number.phone_number_id
        who = phone(self.name, conversation)
        wamid = f"wamid.{self.name}.{conversation}.{place}"
        return Written(wamid, tag, who, number, conversation, place, f"{words} {tag}", time.time())

    def deliver(self, line: Line, messages: Sequence[Written]) -> None:
        """Sends them in one webhook, until it is taken."""
        Meta([post_of(line, messages, 0.0)], self.seed).play()

    def provoke(self, line: Line, enough: Callable[[], bool], seconds: float = 60.0) -> None:
        """Has more customers write to the number until something has happened, or it is in vain."""
        until = time.monotonic() + seconds
        while not enough() and time.monotonic() < until:
            self.provoked += 1
            self.deliver(line, [self.another(line, PROVOKED + self.provoked, 0)])
            time.sleep(PROVOKE_S)

    def hears(self, one: Written, seconds: float) -> bool:
        """Whether an answer to the message is accepted in time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if any(one.tag in line.text for line in self.site.world.ledger(number=one.number)):
                return True
            time.sleep(LOOK_S)
        return False

    def decided(self, one: Written, seconds: float) -> bool:
        """Whether a turn decides about the message in time, whatever it decides."""
        until = time.monotonic() + seconds
        line = next(line for line in self.lines if line.number.phone_number_id == one.number)
        while time.monotonic() < until:
            if any(wamid == one.wamid for wamid, _ in evidence.read(self.site, evidence.TURNS, line)):
                return True
            time.sleep(LOOK_S)
        return False

    def _begin(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        self.threads.append(thread)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least so many percent do not exceed; 0.0 for none."""
    return sorted(values)[max(1, ceil(percent / 100 * len(values))) - 1] if values else 0.0
