"""What becomes of conversations when their bot is switched off or deleted."""

from django.db import transaction

from apps.contacts.models import Contact
from apps.conversations.models import Conversation, Message
from apps.conversations.states import call_off, lock
from apps.inboxes.models import Inbox
from apps.inboxes.services import drop_hidden


def silence(bot_id: int) -> None:
    """Takes back what the bot has said but not yet sent; people's messages stay."""
    pending = Message.objects.filter(inbox__bot=bot_id, author=Message.Author.BOT, state=Message.State.PENDING)
    for conversation_id in pending.order_by("conversation_id").values_list("conversation_id", flat=True).distinct():
        with transaction.atomic():
            lock(conversation_id)
            for message in pending.filter(conversation=conversation_id):
                call_off(message)


def forget_tests(bot_id: int) -> None:
    """Deletes the bot's test conversations with the inbox they were in, and who is known from them alone."""
    with transaction.atomic():
        for inbox in Inbox.objects.filter(bot=bot_id, hidden=True):
            tested = Conversation.objects.filter(inbox=inbox)
            met = list(tested.values_list("contact", flat=True))
            tested.delete()
            Contact.objects.filter(pk__in=met, conversations__isnull=True).delete()
            drop_hidden(inbox)
