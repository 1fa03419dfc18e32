"""What the tests of the outbox say often: something is said, the hands work, the vendor tells what became of it."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.conversations import services
from apps.conversations.models import Conversation, InboxHealth, Message
from apps.conversations.services import delivering
from apps.conversations.states import DELIVER, lock
from apps.inboxes.models import Inbox
from apps.providers.base import DeliveryState, Status
from apps.work import claims
from apps.work.hearing import INTAKE
from apps.work.models import Pulse, WorkItem
from apps.work.runner import Later
from tests.conftest import PHONE_NUMBER_ID


def claim(conversation: Conversation | None = None) -> claims.Claim:
    """The delivery of a conversation, due and leased."""
    mine = WorkItem.objects.filter(kind=DELIVER)
    mine.exclude(key=str(conversation.pk) if conversation else "").update(due_at=None)
    wanted = mine.filter(key=str(conversation.pk)) if conversation else mine
    wanted.update(due_at=timezone.now() - timedelta(seconds=1), lease_until=None)
    return claims.claim(DELIVER, lease=60, share=10)[0]


def deliver(conversation: Conversation) -> Later | None:
    """The hands work what the conversation has waiting, once."""
    held = claim(conversation)
    outcome = delivering.deliver(held)
    if isinstance(outcome, Later):
        claims.postpone(held, outcome.seconds)
    else:
        claims.finish(held)
    return outcome


def say(conversation: Conversation, text: str, author: Message.Author = Message.Author.BOT) -> Message:
    """One message into the outbox."""
    with transaction.atomic():
        return services.queue(lock(conversation.pk), text=text, author=author)[0]


def tells(message: Message, state: DeliveryState = DeliveryState.SENT, **fields: Any) -> Status:
    """What the vendor says became of the message, now, by its own id and our key."""
    values = {"route_key": PHONE_NUMBER_ID, "external_id": f"wamid.of.{message.pk}", "state": state}
    return Status(**{**values, "at": timezone.now(), "opaque": str(message.key), **fields})


def state(message: Message) -> str:
    """As it is now."""
    message.refresh_from_db()
    return message.state


def history(message: Message) -> list[str]:
    """Every state it came into."""
    return list(message.history.values_list("state", flat=True))


def pass_time(message: Message, seconds: float) -> None:
    """The message has been as it is for so many seconds longer."""
    then = Message.objects.get(pk=message.pk).changed_at - timedelta(seconds=seconds)
    Message.objects.filter(pk=message.pk).update(changed_at=then)


def listening(*, since: float = 1000.0, seen: float = 0.0, gap: float = 0.0, process: str = "web.1") -> None:
    """An intake that listens, or did: seconds ago it began, and was seen last."""
    now = timezone.now()
    Pulse.objects.update_or_create(
        process=process,
        defaults={
            **{"queue": INTAKE, "hands": 0, "gap": gap},
            **{"since": now - timedelta(seconds=since), "seen_at": now - timedelta(seconds=seen)},
        },
    )


def told(inbox: Inbox, *, ago: float) -> None:
    """So many seconds ago the number told what became of some message."""
    at = timezone.now() - timedelta(seconds=ago)
    InboxHealth.objects.update_or_create(inbox=inbox, defaults={"status_at": at})
