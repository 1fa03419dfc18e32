"""What happens to bots."""

from dataclasses import dataclass

from apps.core.events import Event


@dataclass(frozen=True)
class BotChanged(Event):
    """Settings of a bot were changed; `fields` names them."""

    bot_id: int
    fields: tuple[str, ...]


@dataclass(frozen=True)
class BotSwitched(Event):
    """A bot was switched on or off."""

    bot_id: int
    enabled: bool
    user_id: int | None


@dataclass(frozen=True)
class BotCopied(Event):
    """A bot was made as a copy of another; what hangs on that one is to be copied too."""

    bot_id: int
    copy_id: int


@dataclass(frozen=True)
class BotDeleted(Event):
    """A bot is being deleted in this transaction; what nobody would miss of it goes first."""

    bot_id: int
