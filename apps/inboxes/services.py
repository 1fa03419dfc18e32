"""Connects and disconnects inboxes, with their routes in the same transaction."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from apps.accounts.models import User
from apps.bots.models import Bot
from apps.core import audit, connections, limits
from apps.core.events import publish
from apps.inboxes.events import InboxBroke, InboxConnected, InboxDisconnected, InboxWorking
from apps.inboxes.models import Inbox
from apps.providers import registry
from apps.providers.base import Checked, Credentials, Setup
from apps.tenants.models import Hook, Route, Workspace
from apps.tenants.services import add_route, remove_route


@dataclass(frozen=True)
class Posting:
    """Where a vendor is to post for an inbox, and the word by which it knows that the address is ours."""

    url: str
    verify_token: str


def connect(
    workspace: Workspace,
    *,
    provider: str,
    external_key: str,
    name: str,
    bot: Bot,
    hook: Hook,
    token: str,
    address: str = "",
    account: str = "",
) -> Inbox:
    """Connects a number to a bot. Raises RouteTaken when it is connected anywhere already, LimitReached by the plan."""
    registry.get(provider)
    with transaction.atomic():
        limits.check("inboxes")
        add_route(provider, external_key, workspace=workspace, hook=hook)
        inbox, _ = Inbox.objects.update_or_create(
            provider=provider,
            external_key=external_key,
            defaults={
                "name": name,
                "bot": bot,
                "token": token,
                "address": address,
                "account_key": account,
                "hook": hook,
                "state": Inbox.State.CONNECTED,
                "trouble": "",
            },
        )
        _works_from_now(inbox)
        publish(InboxConnected(inbox.pk, was_broken=False, user_id=None))
        audit.record("inbox.connected", inbox, name=name, changes={"bot": ["", bot.name], "token": audit.CHANGED})
    return inbox


def reconnect(inbox: Inbox, *, token: str, by: User | None = None) -> Inbox:
    """Gives a connected or broken inbox a new token; what waited is sent now."""
    inbox.token, inbox.state, inbox.trouble = token, Inbox.State.CONNECTED, ""
    with transaction.atomic():
        was = Inbox.objects.select_for_update().values_list("state", flat=True).get(pk=inbox.pk)
        inbox.save(update_fields=["token", "state", "trouble"])
        _works_from_now(inbox)
        publish(InboxConnected(inbox.pk, was_broken=was == Inbox.State.BROKEN, user_id=by.pk if by else None))
        audit.record("inbox.token_renewed", inbox, name=inbox.name, changes={"token": audit.CHANGED})
    return inbox


def disconnect(workspace: Workspace, inbox: Inbox) -> Inbox:
    """Stops receiving and sending by this inbox; its conversations stay."""
    with transaction.atomic():
        remove_route(inbox.provider, inbox.external_key, workspace=workspace)
        inbox.state = Inbox.State.DISCONNECTED
        inbox.token = ""
        inbox.save(update_fields=["state", "token"])
        if inbox.hook is not None and inbox.hook.origins:  # a web chat's own: its websites are turned away
            Hook.objects.filter(pk=inbox.hook.pk).update(origins="")
        publish(InboxDisconnected(inbox.pk))
        audit.record("inbox.disconnected", inbox, name=inbox.name)
    return inbox


def drop_hidden(inbox: Inbox) -> None:
    """Deletes the inbox of a test conversation, with its route. Its conversations must be gone.

    Its hook stays for the ledger, which names it with each delivery, but nobody can sign for it any more.
    """
    with transaction.atomic():
        for route in Route.objects.filter(kind=inbox.provider, key=inbox.external_key):
            Hook.objects.filter(pk=route.hook_id).update(secrets="", origins="")
            route.delete()
        Inbox.objects.get(pk=inbox.pk, hidden=True).delete()


def mark_broken(inbox: Inbox, why: str) -> None:
    """Stops sending by this inbox until somebody reconnects it, or it works again; what waits stays waiting."""
    working = Inbox.objects.filter(pk=inbox.pk, state=Inbox.State.CONNECTED)
    with transaction.atomic():
        if working.update(state=Inbox.State.BROKEN, trouble=why[:300]):
            publish(InboxBroke(inbox.pk))
            audit.record("inbox.stopped", inbox, name=inbox.name, changes={"trouble": ["", why[:300]]})


def mark_working(inbox: Inbox) -> None:
    """A broken inbox may be tried again, without anybody having reconnected it."""
    broken = Inbox.objects.filter(pk=inbox.pk, state=Inbox.State.BROKEN)
    with transaction.atomic():
        if broken.update(state=Inbox.State.CONNECTED, trouble=""):
            _works_from_now(inbox)
            publish(InboxWorking(inbox.pk))
            audit.record("inbox.resumed", inbox, name=inbox.name)


def _works_from_now(inbox: Inbox) -> None:
    """By the database's clock, to compare with what vendors and hands did before."""
    Inbox.objects.filter(pk=inbox.pk).update(working_since=Now())


def set_up(workspace: Workspace, *, provider: str, setup: Setup, verify_token: str, bot: Bot, name: str = "") -> Inbox:
    """Connects a number by what a person pasted, once the vendor has confirmed all of it.

    Inboxes of one vendor app share its hook: a vendor posts to one address per app. Raises CheckFailed,
    RouteTaken and LimitReached; then nothing is saved.
    """
    found = _check(provider, setup)
    with transaction.atomic():
        hook = _hook_with(provider, setup.secret)
        if hook is None:
            hook = Hook.objects.create(provider=provider, secrets=setup.secret, verify_token=verify_token)
        elif hook.verify_token != verify_token:
            hook.verify_token = verify_token
            hook.save(update_fields=["verify_token"])
        return connect(
            workspace,
            provider=provider,
            external_key=setup.credentials.external_key,
            name=(name or found.name or found.address or setup.credentials.external_key)[:120],
            bot=bot,
            hook=hook,
            token=setup.credentials.token,
            address=found.address[:80],
            account=setup.account,
        )


def renew(inbox: Inbox, *, token: str, secret: str = "", by: User | None = None) -> Inbox:
    """Gives a connected or broken inbox a new token, and its app a new secret, once the vendor has confirmed them.

    The old secret stays good beside the new one, for what the vendor signed before. Raises CheckFailed.
    """
    hook = hook_of(inbox)
    known = hook.secret_list if hook else ()
    signing = secret or next(iter(known), "")
    _check(inbox.provider, Setup(Credentials(inbox.external_key, token), inbox.account_key, signing))
    with transaction.atomic():
        if hook is not None and secret and secret != next(iter(known), ""):
            hook.secrets = "\n".join(dict.fromkeys([secret, *known[:1]]))
            hook.save(update_fields=["secrets"])
            audit.record("inbox.changed", inbox, name=inbox.name, changes={"secret": audit.CHANGED})
        return reconnect(inbox, token=token, by=by)


def change(inbox: Inbox, *, name: str, bot: Bot) -> Inbox:
    """Another name, or another bot, which answers from the next message on."""
    with transaction.atomic():
        changes = audit.changes_of(inbox, {"name": name, "bot": bot})
        inbox.name, inbox.bot = name, bot
        inbox.save(update_fields=["name", "bot"])
        if changes:
            audit.record("inbox.changed", inbox, name=name, changes=changes)
    return inbox


def subscribe(inbox: Inbox) -> None:
    """Asks the vendor to post to this installation. Raises SendError, UnknownProvider."""
    posting, hook = posting_of(inbox), hook_of(inbox)
    secret = next(iter(hook.secret_list), "") if hook else ""
    setup = Setup(inbox.credentials, inbox.account_key, secret)
    provider = registry.connectable(inbox.provider)
    connections.release()
    provider.subscribe(setup, url=posting.url, verify_token=posting.verify_token)
    with transaction.atomic():
        audit.record("inbox.subscribed", inbox, name=inbox.name)


def hook_of(inbox: Inbox) -> Hook | None:
    """The hook by which the vendor posts for the inbox; None when it never had one of its own."""
    if inbox.hook is not None:
        return inbox.hook
    route = Route.objects.filter(kind=inbox.provider, key=inbox.external_key).select_related("hook").first()
    return route.hook if route else None


def posting_of(inbox: Inbox) -> Posting:
    """What is to be entered at the vendor; empty for an inbox without a hook."""
    hook = hook_of(inbox)
    if hook is None:
        return Posting("", "")
    return Posting(f"{settings.BASE_URL}/webhook/{hook.provider}/{hook.key}/", hook.verify_token)


def _check(provider: str, setup: Setup) -> Checked:
    """Neither a transaction nor a connection is held while the vendor answers."""
    asked = registry.connectable(provider)
    connections.release()
    return asked.check(setup)


def _hook_with(provider: str, secret: str) -> Hook | None:
    """The hook of this workspace's own inboxes that has this secret already."""
    mine = Inbox.objects.filter(provider=provider, hook__isnull=False).values_list("hook", flat=True)
    return next((hook for hook in Hook.objects.filter(pk__in=list(mine)) if secret in hook.secret_list), None)
