"""Makes what the demo's workspace lacks of its business: team, bots with knowledge, inboxes, the week.

Repeatable: what exists is left as it is. All of it happens inside the workspace, in a transaction of the caller.
"""

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from apps.accounts.acting import as_actor
from apps.accounts.inviting import invite, open_invitations
from apps.accounts.models import Invitation, Membership, User
from apps.accounts.services import add_member
from apps.bots.models import Bot, BotChange
from apps.bots.services import create_bot, switch_bot
from apps.core.actors import acting
from apps.inboxes.models import Inbox, Widget
from apps.inboxes.services import connect
from apps.inboxes.widgets import change_widget, connect_widget
from apps.knowledge.models import Source
from apps.knowledge.services import add_text, index
from apps.tenants.models import Hook, Workspace
from apps.work.models import WorkItem
from sandbox.demo import bell, business, week
from sandbox.demo.past import set_times


def furnish(workspace: Workspace, *, website: str) -> Widget:
    """Makes all of it and leaves nothing due; returns the chat on the website, which may have moved."""
    due = WorkItem.objects.filter(workspace=workspace, due_at__isnull=False)
    before = list(due.values_list("pk", flat=True))
    team = hire(workspace)
    with acting(as_actor(team["rosa"])):
        bot = make_bots(team["rosa"])
        widget = open_website(workspace, bot, website=website)
        number = Inbox.objects.filter(external_key=business.PHONE_NUMBER_ID).first() or connect_number(workspace, bot)
    inboxes = {"whatsapp": number, "web": widget.inbox}
    if not week.is_known(team):
        now = timezone.now()
        week.play(inboxes, team, now)
        bell.fill(now)
    # What was made due by the way, such as the reading of a text, is done already.
    due.exclude(pk__in=before).delete()
    return widget


def hire(workspace: Workspace) -> dict[str, User]:
    """The team by its keys, somebody who left, and an invitation that waits."""
    team: dict[str, User] = {}
    now = timezone.now()
    for place, one in enumerate(business.TEAM):
        member = Membership.objects.filter(workspace=workspace, user__email=one.email).select_related("user").first()
        if member is None:
            member = add_member(workspace, email=one.email, role=one.role, name=one.name)
            Membership.objects.filter(pk=member.pk).update(
                created_at=now - timedelta(days=90 - 10 * place),
                added_by=team.get("rosa"),
                deactivated_at=now - timedelta(days=12) if one.away else None,
                last_seen_at=now - (timedelta(days=12) if one.away else timedelta(minutes=7 * place)),
            )
        team[one.key] = member.user
    email, role = business.INVITED
    if not open_invitations(workspace).filter(email=email).exists():
        invite(Membership.objects.get(workspace=workspace, user=team["rosa"]), emails=[email], role=role)
        # Said to be sent: nobody could open the link, and nothing leaves from here.
        sent = now - timedelta(days=1)
        Invitation.objects.filter(workspace=workspace, email=email).update(mailed_at=sent, created_at=sent)
    return team


def make_bots(owner: User) -> Bot:
    """The bot that answers, and one that is being prepared; returns the first."""
    made = {}
    for settings, knowledge in ((business.FINN, business.KNOWLEDGE), (business.SOL, business.SOL_KNOWS)):
        bot = Bot.objects.filter(name=settings["name"]).first()
        if bot is None:
            bot = create_bot(by=owner, **settings)
            if settings is business.SOL:
                switch_bot(bot, on=False, by=owner)
            _date_changes(bot)
        teach(bot, knowledge)
        made[bot.name] = bot
    return made[business.BOT]


def _date_changes(bot: Bot) -> None:
    """It was made some days before the week began."""
    began = timezone.now() - timedelta(days=9)
    changes = bot.changes.order_by("pk")
    set_times(BotChange, [(row, {"at": began + timedelta(days=2 * place)}) for place, row in enumerate(changes)])


def teach(bot: Bot, knowledge: Mapping[str, str]) -> None:
    """Gives the bot the knowledge that it lacks, ready to be found."""
    known = set(bot.sources.filter(state=Source.State.READY).values_list("title", flat=True))
    for title, text in knowledge.items():
        if title not in known:
            index(add_text(bot, title=title, text=text))


def connect_number(workspace: Workspace, bot: Bot) -> Inbox:
    """Connects the sandbox number. Raises RouteTaken when it is connected already."""
    hook, _ = Hook.objects.get_or_create(
        provider="whatsapp_cloud",
        key=business.HOOK,
        defaults={"secrets": business.APP_SECRET, "verify_token": business.VERIFY_TOKEN},
    )
    return connect(
        workspace,
        provider="whatsapp_cloud",
        external_key=business.PHONE_NUMBER_ID,
        name=f"{business.NAME} on WhatsApp",
        address=business.DISPLAY_NUMBER,
        bot=bot,
        hook=hook,
        token=business.TOKEN,
        account=business.WABA_ID,
    )


def open_website(workspace: Workspace, bot: Bot, *, website: str) -> Widget:
    """The chat on the website in the world, which may have moved."""
    widget = Widget.objects.filter(inbox__name=business.WEBSITE).select_related("inbox").first()
    if widget is None:
        look = {"greeting": business.GREETING}
        widget = connect_widget(workspace, bot=bot, name=business.WEBSITE, websites=website, look=look)
    return change_widget(widget, name=business.WEBSITE, websites=website)
