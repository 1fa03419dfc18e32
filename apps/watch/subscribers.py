"""Keeps where one can ask for all workspaces what of ours has not reached its end, and which inboxes do not work."""

from apps.conversations.events import MessagesMoved
from apps.conversations.models import Message
from apps.core import metrics
from apps.core.events import within
from apps.core.statements import Statement
from apps.inboxes.events import InboxBroke, InboxConnected, InboxDisconnected, InboxWorking
from apps.watch import tallies
from apps.watch.models import BrokenInbox, OpenSend
from apps.work.services import workspace_id

OPEN = Statement("""
INSERT INTO public.watch_opensend AS s (workspace_id, message_id, state)
SELECT %s::bigint, message_id, %s::text FROM unnest(%s::bigint[]) AS message_id
ON CONFLICT (workspace_id, message_id) DO UPDATE SET
  state = excluded.state, at = CASE WHEN s.state = excluded.state THEN s.at ELSE statement_timestamp() END
""")
CLOSE = Statement("""
DELETE FROM public.watch_opensend WHERE workspace_id = %s AND message_id = ANY(%s::bigint[])
RETURNING extract(epoch FROM statement_timestamp() - since)
""")
TAKEN = frozenset({Message.State.SENT, Message.State.DELIVERED, Message.State.READ})

metrics.write_with(tallies.write)


@within(MessagesMoved)
def keep_open_sends(event: MessagesMoved) -> None:
    """A message waits, is being sent, or its fate is unknown; once it is settled it is not open any more."""
    ids = list(event.message_ids)
    metrics.count("messages", event.state, by=len(ids))  # also of a transaction that fails after this: it is no ledger
    if event.state == Message.State.SENDING:
        return  # it stays what it was: what hangs there becomes unknown
    if event.state in OpenSend.State.values:
        OPEN.run([workspace_id(), str(event.state), ids])
        return
    closed = CLOSE.rows([workspace_id(), ids])
    for (seconds,) in closed if event.state in TAKEN else ():
        metrics.observe("send_seconds", max(float(seconds), 0.0))


@within(InboxBroke)
def note_broken(event: InboxBroke) -> None:
    """The inbox does not work from now on."""
    BrokenInbox.objects.get_or_create(workspace_id=workspace_id(), inbox_id=event.inbox_id)


@within(InboxConnected)
def note_connected(event: InboxConnected) -> None:
    """Somebody connected it again."""
    _forget(event.inbox_id)


@within(InboxWorking)
def note_working(event: InboxWorking) -> None:
    """Its pause is over."""
    _forget(event.inbox_id)


@within(InboxDisconnected)
def note_disconnected(event: InboxDisconnected) -> None:
    """Nobody wants it to work any more."""
    _forget(event.inbox_id)


def _forget(inbox_id: int) -> None:
    BrokenInbox.objects.filter(workspace=workspace_id(), inbox_id=inbox_id).delete()
