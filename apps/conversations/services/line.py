"""A conversation's line: what is on its way or waits to be sent, oldest first, and for how long it must wait."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.contacts.models import Contact
from apps.contacts.services import acquaint
from apps.conversations.models import Conversation, InboxHealth, Message
from apps.core.statements import Statement, apart, columns
from apps.inboxes.models import Inbox
from apps.work import ages

State = Message.State
#: More never stand in a conversation's line at once.
MOST_IN_LINE = 200

LINE = Statement(f"""
SELECT {columns(Message, "message")}, extract(epoch FROM statement_timestamp() - message.changed_at)::float8 AS age,
       extract(epoch FROM message.wait_until - statement_timestamp())::float8 AS wait_left,
       extract(epoch FROM health.paused_until - statement_timestamp())::float8 AS pause_left
FROM conversations_message message LEFT JOIN conversations_inboxhealth health USING (inbox_id)
WHERE message.conversation_id = %s AND message.state IN ('pending', 'sending', 'unknown')
ORDER BY message.id LIMIT %s
""")  # noqa: S608  # nosec B608  # columns of ours
ABOUT = Statement(f"""
SELECT {columns(Conversation, "c")}, {columns(Inbox, "i")}, {columns(Contact, "p")}, {columns(InboxHealth, "h")}
FROM conversations_conversation c
JOIN inboxes_inbox i ON i.id = c.inbox_id JOIN contacts_contact p ON p.id = c.contact_id
LEFT JOIN conversations_inboxhealth h ON h.inbox_id = i.id WHERE c.id = %s
""")  # noqa: S608  # nosec B608


@dataclass(frozen=True)
class Line:
    """What of a conversation is on its way or waits, oldest first."""

    sending: Sequence[Message]
    unknown: Sequence[Message]
    pending: Sequence[Message]

    @property
    def ends_with_first(self) -> bool:
        """Whether nothing is left once the first that waits is sent."""
        return len(self.pending) == 1 and not self.unknown and not self.sending

    def hold(self) -> float:
        """Seconds for which the first that waits may not be sent."""
        first = self.pending[0]
        waits = [first.wait_left or 0.0]  # type: ignore[attr-defined]  # annotated
        before = [other for other in self.unknown if other.pk < first.pk]
        if first.author == Message.Author.PERSON:
            holds = ages.seconds("unknown_holds_person")
            waits += [holds - other.age for other in before]  # type: ignore[attr-defined]  # annotated
        elif before:
            waits.append(self.look())
        return max(waits)

    def look(self) -> float:
        """Seconds after which something may be decided about an unknown one; 0.0 when there is none."""
        left = [ages.seconds("unknown_resend") - other.age for other in self.unknown]  # type: ignore[attr-defined]  # annotated
        return max(min(left), ages.seconds("unknown_look")) if left else 0.0


def read(conversation_id: int) -> Line:
    """The line as it stands; its messages carry their age, and what is left of their own and their number's pause."""
    rows = LINE.objects(Message, [conversation_id, MOST_IN_LINE])
    if rows:
        about = _about(conversation_id)
        for row in rows:
            row.conversation, row.inbox = about, about.inbox
    sending, unknown, pending = (
        [row for row in rows if row.state == state] for state in (State.SENDING, State.UNKNOWN, State.PENDING)
    )
    return Line(sending, unknown, pending)


def _about(conversation_id: int) -> Conversation:
    """The conversation with its inbox, that one's health if it ever was in question, and its contact."""
    (row,) = ABOUT.rows([conversation_id])
    conversation, inbox, contact, health = apart(row, Conversation, Inbox, Contact, InboxHealth)
    conversation.inbox, conversation.contact = inbox, contact
    Inbox._meta.get_field("health").set_cached_value(inbox, health)  # also that it has none
    acquaint(contact)
    return conversation
