"""The first steps of a business: what is done, what comes next, and where to do it."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.inviting import open_invitations
from apps.accounts.models import Membership, Role
from apps.accounts.roles import can
from apps.bots.models import Bot
from apps.bots.services import first_steps_dismissed
from apps.conversations.models import Message
from apps.inboxes.models import Inbox
from apps.knowledge.models import Source


@dataclass(frozen=True)
class Step:
    """One of the first steps. `url` is empty for who may not do it, or while it cannot be done yet."""

    key: str
    title: str
    text: str
    action: str
    done: bool
    url: str


@dataclass(frozen=True)
class FirstSteps:
    """All steps in the order in which they are best done."""

    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        """How many are done."""
        return sum(step.done for step in self.steps)

    @property
    def percent(self) -> int:
        """How much of them is done, 0 to 100."""
        return round(100 * self.done / len(self.steps))


def first_steps(membership: Membership) -> FirstSteps:
    """The steps as they stand, with links that this member may follow."""
    bot = Bot.objects.order_by("pk").first()
    vendor = Membership.objects.filter(
        workspace=membership.workspace_id, role=Role.VENDOR, deactivated_at=None
    ).exists()
    asked = open_invitations(membership.workspace).filter(role=Role.VENDOR, expires_at__gt=timezone.now())
    invited = None if vendor else asked.first()
    connected = Inbox.objects.exclude(state=Inbox.State.DISCONNECTED).filter(hidden=False).exists()
    steps = (
        Step(
            "create",
            _("Create your bot"),
            _("Its name, what it is for, and how it speaks."),
            _("Create a bot"),
            bot is not None,
            reverse("bots:list") if bot else reverse("bots:create"),
        ),
        Step(
            "teach",
            _("Teach it"),
            _("Paste your prices, opening hours and answers. It speaks from these and from nothing else."),
            _("Add knowledge"),
            Source.objects.exists(),
            reverse("knowledge:sources", args=[bot.pk]) if bot else "",
        ),
        Step(
            "try",
            _("Try it"),
            _("Write to it as a customer would. Nobody else sees it, and nothing is counted."),
            _("Start a test"),
            Message.objects.filter(author=Message.Author.BOT).exists(),
            _url("bots:try", bot.pk) if bot else "",
        ),
        Step(
            "connect",
            _("Connect a number"),
            _("Your WhatsApp number, or a chat on your website: so customers reach the bot and you."),
            _("Connect a number"),
            connected,
            reverse("inboxes:list" if connected else "inboxes:connect")
            if bot and can(membership, "manage_inboxes")
            else "",
        ),
        Step(
            "invite",
            _("Invite a vendor"),
            _("Somebody who answers when the bot hands over, and works the leads.")
            if vendor or not invited
            else _("Invited: %(email)s. They have not accepted yet.") % {"email": invited.email},
            _("Invite somebody"),
            vendor or invited is not None,
            reverse("team:list") if can(membership, "manage_team") else "",
        ),
    )
    return FirstSteps(tuple(step for step in steps if step.key != "try" or not bot or step.url))


def unfinished(membership: Membership | None) -> FirstSteps | None:
    """The steps to remind of; None when all are done, somebody put them aside, or it is not this member's to do."""
    if membership is None or not can(membership, "manage_bots") or first_steps_dismissed():
        return None
    steps = first_steps(membership)
    return None if steps.percent == 100 else steps


def _url(name: str, *args: int) -> str:
    """The page's address; empty in an installation without it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
