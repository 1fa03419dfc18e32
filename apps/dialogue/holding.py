"""Nobody waits in silence: who waits long for the model is told so, and who waits too long gets a person.

Items of work beside the turn's, begun when the model is first asked and gone when the turn is written; so they
speak also when the turn's own hands hang in the model's call or have died.
"""

from django.db import transaction

from apps.conversations.models import Conversation, Message
from apps.conversations.services import queue
from apps.conversations.states import lock
from apps.dialogue.decision import decide, model_failed
from apps.dialogue.phrases import phrase
from apps.dialogue.situation import Situation, look
from apps.dialogue.writing import Outgoing, count, write
from apps.work import ages, claims
from apps.work.claims import Claim


def conversation_of(claim: Claim) -> int:
    """Whose wait it is."""
    return int(claim.key.partition(":")[0])


def hold_the_line(claim: Claim) -> None:
    """Tells the customer that the answer takes longer; or, when it took too long, gives them to people."""
    conversation_id, age = conversation_of(claim), claim.key.partition(":")[2]
    with transaction.atomic():
        if not Conversation.objects.filter(pk=conversation_id).exists():
            return  # deleted meanwhile
        conversation = lock(conversation_id)
        situation = look(conversation.pk)
        if not claims.hold(claim) or not situation.unanswered or decide(situation) is not None:
            return  # answered, or no longer the bot's
        if age == "waits_for_model":
            outgoing = Outgoing(model_failed(situation, f"No answer within {ages.seconds(age):.0f} s."))
            write(conversation, situation, outgoing, reruns=0)
            count(situation, outgoing)
        elif not _told(situation) and not situation.inbox_broken:  # else it would arrive with the answer
            language = conversation.contact.language or situation.bot.language
            queue(conversation, text=phrase("one_moment", language), author=Message.Author.BOT)


def _told(situation: Situation) -> bool:
    """Whether the customer has heard anything of us since they wrote. By rows, not by anybody's clock."""
    oldest = min(message.pk for message in situation.unanswered)
    said = Message.objects.filter(conversation=situation.conversation, author=Message.Author.BOT, pk__gt=oldest)
    return said.exists()
