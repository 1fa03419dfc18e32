"""What was lost, doubled, disordered, left open, or said over a person. Pure: evidence in, counts out.

docs/chaos.md has the definitions in words; this is the only place that decides them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sandbox.chaos.records import Evidence, Expected, Ours, Switch

#: States in which the fate of a message is known to whoever looks at the panel.
SHOWN = frozenset({"sent", "delivered", "read", "failed", "cancelled", "unconfirmed"})
NOBODY_KNOWS = "unconfirmed"
#: Why the bot said nothing, where it had to: a person has the conversation.
PERSON = frozenset({"person_talking", "taken_over"})


@dataclass
class Counts:
    """The promises, as numbers. `details` names what broke them."""

    sent: int
    accepted: int
    lost: int
    duplicated: int
    out_of_order: int
    unknown_injected: int
    unknown_shown: int
    ai_after_takeover: int
    states: dict[str, int] = field(default_factory=dict)  # of our messages
    outcomes: dict[str, int] = field(default_factory=dict)  # of turns, by the messages they were about
    details: dict[str, list[str]] = field(default_factory=dict)

    @property
    def kept(self) -> bool:
        """Whether every promise was."""
        broken = self.lost or self.duplicated or self.out_of_order or self.ai_after_takeover
        return not broken and self.unknown_injected == self.unknown_shown and "unknown" not in self.details


def count(evidence: Evidence, expected: Expected) -> Counts:
    """The counts of one fault."""
    found = {
        "lost": lost(evidence, expected),
        "duplicated": duplicated(evidence, expected),
        "out_of_order": out_of_order(evidence),
        "ai_after_takeover": ai_after_takeover(evidence.switches),
    }
    injected, shown = unknown_injected(evidence), unknown_shown(evidence.ours)
    numbers = {name: len(broken) for name, broken in found.items()}
    different = sorted(injected ^ shown)
    details = {name: broken[:10] for name, broken in {**found, "unknown": different}.items() if broken}
    return Counts(
        sent=len(evidence.asked),
        accepted=sum(1 for one in evidence.asked if one.accepted_at is not None),
        unknown_injected=len(injected),
        unknown_shown=len(shown),
        states=dict(Counter(one.state for one in evidence.ours)),
        outcomes=dict(Counter(outcome for outcomes in evidence.turns.values() for outcome in outcomes)),
        details=details,
        **numbers,
    )


def lost(evidence: Evidence, expected: Expected) -> list[str]:
    """Accepted messages without their one row, or without what it had to lead to; and people's answers that vanished.

    A message is answered when its tag stands in what the provider accepted, or in a message of ours that is shown
    as one of which nobody knows. In a conversation that a person has taken over, a turn that says so is enough.
    """
    heard = tags_of(line.text for line in evidence.ledger)
    heard |= tags_of(one.text for one in evidence.ours if one.state == NOBODY_KNOWS)
    taken = {switch.conversation for switch in evidence.switches if switch.what == "taken"}
    cancelled = tags_of(one.text for one in evidence.ours if one.conversation in taken and one.state == "cancelled")
    silent = {*PERSON, *expected.outcomes}
    missing = []
    for one in evidence.asked:
        outcomes = evidence.turns.get(one.wamid, ())
        led = one.tag in heard or one.tag in cancelled or any(outcome in silent for outcome in outcomes)
        if one.accepted_at is not None and (
            evidence.rows.get(one.wamid, 0) != 1 or not (led or (outcomes and not expected.answers))
        ):
            missing.append(f"{one.tag}: {evidence.rows.get(one.wamid, 0)} rows, turns {list(outcomes)}")
    there = {line.key for line in evidence.ledger} | {one.key for one in evidence.ours if one.state in SHOWN}
    return missing + [f"a person's answer {key}" for key in evidence.answered_in_person if key not in there]


def tags_of(texts: Iterable[str]) -> set[str]:
    """The tags in all of them."""
    return {tag for text in texts for tag in words_of(text)}


def words_of(text: str) -> Iterable[str]:
    """The tags in a text."""
    return (word.strip(".,:") for word in text.split() if word.startswith("q-"))


def duplicated(evidence: Evidence, expected: Expected) -> list[str]:
    """Outbox keys that the provider accepted more than once, and questions that two messages answer.

    Where a person took over, a question whose answer was cancelled may be answered when the bot has it back.
    """
    keys = Counter(line.key for line in evidence.ledger)
    twice = [f"key {key}: {times} times" for key, times in keys.items() if times > 1]
    if not expected.answers:
        return twice
    answers: dict[str, set[str]] = defaultdict(set)
    for line in evidence.ledger:
        for tag in words_of(line.text):
            answers[tag].add(line.key)
    return twice + [f"{tag}: answered by {len(by)} messages" for tag, by in answers.items() if len(by) > 1]


def out_of_order(evidence: Evidence) -> list[str]:
    """Conversations whose messages the provider accepted in another order than we had written them."""
    ids = {one.key: one.id for one in evidence.ours}
    accepted: dict[str, list[int]] = defaultdict(list)
    for line in sorted(evidence.ledger, key=lambda line: line.order):
        if line.key in ids:
            accepted[line.conversation].append(ids[line.key])
    return [f"{conversation}: {order}" for conversation, order in accepted.items() if order != sorted(order)]


def unknown_injected(evidence: Evidence) -> set[str]:
    """Keys that began to be sent and of which the provider never said what became of them.

    Of an answer that was given just before a death nobody outside can say whether it was still read: such a key
    counts as we show it.
    """
    told = evidence.revealed | (evidence.perhaps - unknown_shown(evidence.ours))
    return {one.key for one in evidence.ours if one.attempts and one.key not in told}


def unknown_shown(ours: Iterable[Ours]) -> set[str]:
    """Keys that are shown as unconfirmed; one that stays unknown or sending is shown to nobody and breaks this."""
    return {one.key for one in ours if one.state == NOBODY_KNOWS}


def ai_after_takeover(switches: Iterable[Switch]) -> list[str]:
    """Messages of the bot whose `sending` was committed after a takeover's commit, and before it got it back."""
    has: dict[str, bool] = {}
    before: dict[str, list[str]] = defaultdict(list)
    broken = []
    for one in sorted(switches, key=lambda switch: switch.committed_at):
        if one.what == "sending":
            if one.author == "bot" and has.get(one.conversation):
                broken.append(f"conversation {one.conversation}: {', '.join(before[one.conversation])}, sending")
        else:
            has[one.conversation] = one.what == "taken"
        before[one.conversation].append(one.what)
    return broken
