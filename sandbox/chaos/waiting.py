"""What is still open, how long things took, and how much there is of them: small questions to the database."""

from collections.abc import Iterable, Mapping, Sequence

from sandbox.chaos.build.striking import Crash
from sandbox.chaos.counting import words_of
from sandbox.chaos.customers import Load
from sandbox.chaos.furnishing import Line
from sandbox.chaos.installation import Installation
from sandbox.chaos.records import Taken

#: An answer whose decider died was written so shortly before.
JUST_BEFORE_S = 5.0
#: What is still under way at a number, by what has to happen to it, and deliveries not yet read (of everybody).
OPEN = """
SELECT (SELECT count(*) FROM {schema}.conversations_message
        WHERE inbox_id = %s AND direction = 'in' AND answered_at IS NULL),
       (SELECT count(*) FROM {schema}.conversations_message
        WHERE inbox_id = %s AND direction = 'out' AND state IN ('pending', 'sending')),
       (SELECT count(*) FROM {schema}.conversations_message WHERE inbox_id = %s AND state = 'unknown'),
       (SELECT count(*) FROM public.ingest_delivery WHERE state = 'received')
"""
WRITTEN = """
SELECT conversation_id::text, key::text, extract(epoch FROM created_at) FROM {schema}.conversations_message
WHERE inbox_id = %s AND direction = 'out'
"""
TURNS = """
SELECT count(*) FROM {schema}.dialogue_turn t
JOIN {schema}.conversations_conversation c ON c.id = t.conversation_id WHERE c.inbox_id = %s
"""
CONVERSATIONS = "SELECT count(*) FROM {schema}.conversations_conversation WHERE inbox_id = %s"


def now_open(site: Installation, lines: Iterable[Line]) -> tuple[int, int, int]:
    """Unanswered (or in a delivery that nobody has read yet), waiting to be sent, of unknown fate."""
    unanswered = sending = unknown = unread = 0
    for line in lines:
        row = site.read(OPEN.replace("{schema}", line.schema), *[line.inbox] * 3)[0]
        unanswered, sending, unknown = unanswered + row[0], sending + row[1], unknown + row[2]
        unread = row[3]
    return unanswered + unread, sending, unknown


def answered_after(load: Load, accepted: Mapping[str, float], ledger: Sequence[Taken]) -> list[float]:
    """Seconds from the acceptance of each message to that of its answer."""
    first: dict[str, float] = {}
    for line in ledger:
        for tag in words_of(line.text):
            first.setdefault(tag, line.at)
    return [first[one.tag] - accepted[one.wamid] for one in load.written if one.wamid in accepted and one.tag in first]


def picked_up_after(site: Installation, load: Load, ledger: Sequence[Taken], died: Sequence[Crash]) -> list[float]:
    """Seconds from each death right after an answer was committed to the answer's acceptance by the provider."""
    at = {line.key: line.at for line in ledger}
    rows = [row for line in load.lines for row in site.read(WRITTEN.replace("{schema}", line.schema), line.inbox)]
    return [
        at[key] - crash.at
        for crash in died
        for conversation, key, written in rows
        if conversation == crash.subject and -JUST_BEFORE_S < float(written) - crash.at < 0 and key in at
    ]


def total(site: Installation, sql: str, lines: Iterable[Line]) -> int:
    """The sum over the numbers of what the query counts."""
    return sum(int(site.read(sql.replace("{schema}", line.schema), line.inbox)[0][0]) for line in lines)
