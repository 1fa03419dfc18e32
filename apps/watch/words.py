"""What an alert says: what happened, to what, and what to do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps import tenants
from apps.inboxes.models import Inbox
from apps.tenants.models import Workspace
from apps.watch.models import Alert

#: What processes of a queue are called in the Procfile.
PROCESSES = {"relay": "relay", "chat": "worker-chat", "default": "worker"}


@dataclass(frozen=True)
class Words:
    """`path` is of the page where one sees more, below the installation's address."""

    title: str
    text: str
    todo: str
    path: str


def words_of(alert: Alert) -> Words:
    """The alert in words; one of a rule that is gone by its name alone."""
    writer = _WRITERS.get(alert.rule)
    return writer(alert) if writer else Words(str(alert), "", "", "/admin/system/")


def _missing(alert: Alert) -> Words:
    name = PROCESSES.get(alert.subject, alert.subject)
    what = _("Nothing is answered or sent until it is back; webhooks are stored meanwhile.")
    if alert.subject != "relay":
        what = _("The relay does its work, slower.")
    todo = _("Start the process “%(name)s”, and read the end of its log.") % {"name": name}
    return Words(_("No process “%(name)s” shows life") % {"name": name}, what, todo, "/admin/system/")


def _waits(alert: Alert) -> Words:
    title = _("%(kind)s waits for hands since %(seconds)s s") % {"kind": alert.subject, **alert.facts}
    count = int(alert.facts.get("count", 0))
    text = ngettext("%(count)s piece of work is due.", "%(count)s pieces of work are due.", count) % {"count": count}
    todo = _("See whether the workers live and the database is fast; start more workers if they are all busy.")
    return Words(title, text, todo, "/admin/work/workitem/?state=due")


#: Steps of the synthetic conversation that may fail.
PROBLEMS: Mapping[str, str | Promise] = {
    "not_posted": gettext_lazy("The made-up customer's message could not be posted."),
    "not_stored": gettext_lazy("The made-up customer's message was not stored in time."),
    "not_decided": gettext_lazy("The bot did not decide in time."),
    "not_answered": gettext_lazy("The bot decided not to answer from its knowledge."),
    "not_sent": gettext_lazy("The answer was not sent in time."),
}


def _synthetic(alert: Alert) -> Words:
    text = str(PROBLEMS.get(str(alert.facts.get("problem")), ""))
    todo = _("Customers probably wait too. The page System shows which part does not work.")
    return Words(_("A synthetic conversation failed twice in a row"), text, todo, "/admin/system/")


def _aside(alert: Alert) -> Words:
    title = _("Work of the kind %(kind)s was set aside") % {"kind": alert.subject}
    count = int(alert.facts.get("count", 0))
    text = ngettext(
        "%(count)s piece of work failed five times.", "%(count)s pieces of work failed five times.", count
    ) % {"count": count}
    todo = _("Read its error, remove the cause, then make it due.")
    return Words(title, text, todo, "/admin/work/workitem/?state=aside")


def _quarantine(alert: Alert) -> Words:
    count = int(alert.facts.get("count", 0))
    words = {"count": count, "why": alert.subject}
    title = ngettext(
        "%(count)s part of a webhook is in quarantine: %(why)s",
        "%(count)s parts of webhooks are in quarantine: %(why)s",
        count,
    )
    text = _("What customers wrote in it was not received.")
    return Words(title % words, text, _("Remove the cause and replay, or dismiss it."), "/admin/ingest/quarantined/")


def _broken(alert: Alert) -> Words:
    title = _("%(inbox)s stopped working") % {"inbox": _inbox(alert)}
    text = _("All that waits to be sent there is kept. The workspace's managers were told.")
    return Words(title, text, _("Usually they connect it again. Ask them if nobody does."), _workspace_page(alert))


def _throttled(alert: Alert) -> Words:
    title = _("%(inbox)s has been limited by its vendor for long") % {"inbox": _inbox(alert)}
    text = _("In %(minutes)s of the last 15 minutes it was refused for sending too much; answers arrive late.") % {
        "minutes": alert.facts.get("minutes", "")
    }
    todo = _("Lower its rate, or ask the vendor for a higher limit. The workspace's managers were told.")
    return Words(title, text, todo, _workspace_page(alert))


def _silent(alert: Alert) -> Words:
    title = _("%(inbox)s is unusually silent") % {"inbox": _inbox(alert)}
    text = _("Nothing has come in for %(hours)s hours, at a time at which customers usually write.") % {
        "hours": alert.facts.get("hours", "")
    }
    todo = _("Write to it from a phone. If nothing arrives, look at the webhook's settings at the vendor's.")
    return Words(title, text, todo, _workspace_page(alert))


def _inbox(alert: Alert) -> str:
    """The inbox by its name, with its workspace's."""
    workspace = alert.workspace
    name = ""
    if workspace is not None and workspace.state != Workspace.State.SETTING_UP:
        with tenants.enter(workspace):
            name = (
                Inbox.objects.filter(pk=int(alert.facts.get("inbox", 0))).values_list("name", flat=True).first() or ""
            )
    return _("“%(inbox)s” of %(workspace)s") % {"inbox": name or _("An inbox"), "workspace": workspace or "?"}


def _workspace_page(alert: Alert) -> str:
    return f"/admin/tenants/workspace/{alert.workspace_id}/" if alert.workspace_id else "/admin/system/"


_WRITERS: Mapping[str, Callable[[Alert], Words]] = {
    "process_missing": _missing,
    "work_waits": _waits,
    "synthetic_fails": _synthetic,
    "work_aside": _aside,
    "quarantine": _quarantine,
    "inbox_broken": _broken,
    "inbox_throttled": _throttled,
    "inbox_silent": _silent,
}
