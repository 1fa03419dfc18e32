"""What knowledge does when a bot changes: it is copied with the bot, read anew by another model, and goes with it."""

from apps.bots.events import BotChanged, BotCopied, BotDeleted
from apps.core.events import within
from apps.knowledge import services
from apps.knowledge.models import Source


@within(BotCopied)
def copy_knowledge(event: BotCopied) -> None:
    """The copy knows what the bot knows."""
    services.copy_all(event.bot_id, event.copy_id)


@within(BotDeleted)
def forget_files(event: BotDeleted) -> None:
    """The rows go with the bot by themselves, the uploaded files do not."""
    services.forget_files(event.bot_id)


@within(BotChanged)
def read_again(event: BotChanged) -> None:
    """Another provider finds by vectors of its own; another key may get done what failed with the old one."""
    sources = Source.objects.filter(bot=event.bot_id)
    if "provider" in event.fields:
        services.index_again(sources)
    elif "api_key" in event.fields:
        services.index_again(sources.filter(state=Source.State.FAILED))
