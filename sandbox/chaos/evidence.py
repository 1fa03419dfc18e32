"""Gathers the evidence of a fault: from the world's ledger, tries and webhooks, and from the database."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sandbox.chaos.build import striking
from sandbox.chaos.customers import Load
from sandbox.chaos.furnishing import Line
from sandbox.chaos.installation import Installation
from sandbox.chaos.records import Asked, Evidence, Ours, Switch, Taken

ROWS = """
SELECT external_id, count(*) FROM {schema}.conversations_message
WHERE inbox_id = %s AND direction = 'in' GROUP BY external_id
"""
OURS = """
SELECT m.id, m.key::text, m.conversation_id, m.author, m.state, m.text,
       (SELECT count(*) FROM {schema}.conversations_statechange c WHERE c.message_id = m.id AND c.state = 'sending')
FROM {schema}.conversations_message m WHERE m.inbox_id = %s AND m.direction = 'out' AND m.author IN ('bot', 'person')
"""
TURNS = """
SELECT m.external_id, t.outcome FROM {schema}.dialogue_turn t
CROSS JOIN LATERAL unnest(t.messages) AS about (id)
JOIN {schema}.conversations_message m ON m.id = about.id WHERE m.inbox_id = %s
"""
SWITCHES = """
SELECT l.conversation_id, l.what, coalesce(l.author, ''), extract(epoch FROM pg_xact_commit_timestamp(l.xmin))
FROM {schema}.chaos_log l JOIN {schema}.conversations_conversation c ON c.id = l.conversation_id
WHERE c.inbox_id = %s ORDER BY l.id
"""
#: The crash point at which the provider has answered and nothing is written yet.
ANSWERED = "send.after-call"
#: An answer that came so shortly before a death may not have been written down.
DYING_S = 3.0
#: What says nothing of a send. A provider that surely refuses has revealed what became of it: nothing.
NOT_SAID = frozenset({"hang_before", "hang_after", "reset_before", "reset_after", "5xx", "5xx_after"})


def gather(
    site: Installation, load: Load, accepted: Mapping[str, float], answered_in_person: Collection[str] = ()
) -> Evidence:
    """All of it, for the numbers of a load."""
    asked = [Asked(one.wamid, one.tag, f"{one.number}/{one.person}", accepted.get(one.wamid)) for one in load.written]
    turns: dict[str, list[str]] = defaultdict(list)
    rows: dict[str, int] = {}
    ours: list[Ours] = []
    switches: list[Switch] = []
    for line in load.lines:
        rows |= {wamid: times for wamid, times in read(site, ROWS, line)}
        number = line.number.phone_number_id
        ours += [Ours(id, key, f"{number}/{about}", *rest) for id, key, about, *rest in read(site, OURS, line)]
        switches += [
            Switch(f"{number}/{about}", what, author, float(at))
            for about, what, author, at in read(site, SWITCHES, line)
        ]
        for wamid, outcome in read(site, TURNS, line):
            turns[wamid].append(outcome)
    numbers = [line.number.phone_number_id for line in load.lines]
    revealed, perhaps = told(site, numbers)
    return Evidence(
        asked=tuple(asked),
        ledger=tuple(ledger(site, numbers)),
        revealed=revealed,
        perhaps=perhaps,
        rows=rows,
        ours=tuple(ours),
        turns={wamid: tuple(outcomes) for wamid, outcomes in turns.items()},
        switches=tuple(switches),
        answered_in_person=tuple(answered_in_person),
    )


def read(site: Installation, sql: str, line: Line) -> list[tuple[Any, ...]]:
    """Rows of the line's workspace about its inbox."""
    return site.read(sql.replace("{schema}", line.schema), line.inbox)


def ledger(site: Installation, numbers: Sequence[str]) -> Iterable[Taken]:
    """What the provider accepted of these numbers, in its order."""
    for number in numbers:
        for line in site.world.ledger(number=number):
            yield Taken(line.order, line.opaque or "", f"{number}/{line.to}", line.text, line.at)


def told(site: Installation, numbers: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Keys whose fate we were told: by the answer to the last try, or by a status that we took with 2xx.

    Also those of which only an answer tells that was given just before one of our processes died. An answer whose
    reader certainly died has told nobody anything.
    """
    dead = " ".join(crash.subject for crash in striking.crashes(site.crashes) if crash.point == ANSWERED)
    answered: dict[str, float] = {}
    by_status: set[str] = set()
    for number in numbers:
        last = {tried.opaque: tried for tried in site.world.tried(number=number) if tried.opaque}
        answered |= {key: one.at for key, one in last.items() if one.outcome not in NOT_SAID and key not in dead}
        for delivery in site.world.deliveries(number=number):
            if delivery["label"].startswith("status:") and delivery["done"]:
                by_status |= set(opaque_of(delivery["body"]))
    deaths = site.supervisor.deaths
    perhaps = {key for key, at in answered.items() if any(at <= death <= at + DYING_S for death in deaths)} - by_status
    return frozenset((answered.keys() - perhaps) | by_status), frozenset(perhaps)


def opaque_of(body: str) -> Iterable[str]:
    """Our keys in a status webhook."""
    for entry in json.loads(body)["entry"]:
        for change in entry["changes"]:
            for status in change["value"].get("statuses", []):
                yield str(status.get("biz_opaque_callback_data", ""))
