"""What a notice says and where it leads, read from what it is about at the moment it is shown."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.core.mail_headers import name_alone
from apps.notices import kinds
from apps.notices.models import Notice
from apps.tenants import workspace_url


@dataclass(frozen=True)
class Words:
    """A notice as people see it. `path` is the whole path on this installation."""

    title: str
    text: str
    path: str
    icon: str


def words_of(notice: Notice) -> Words:
    """What the notice says now, on a page."""
    return _written(notice, notice.conversation.contact.label if notice.conversation else "")


def words_outside(notice: Notice) -> Words:
    """The same where others may read along: only the name somebody gave themselves, and nothing that is none.

    Whoever writes to a business chooses their name, so one that could lead somewhere is left out.
    """
    return _written(notice, name_alone(notice.conversation.contact.name) if notice.conversation else "")


def _written(notice: Notice, who: str) -> Words:
    title, text, path = _WRITERS[notice.kind](notice, who or _("A customer"))
    return Words(title, text, path, kinds.KINDS[notice.kind].icon)


def _conversation(notice: Notice) -> str:
    if notice.conversation_id is None:
        return workspace_url("panel:conversations")
    return workspace_url("panel:conversation", notice.conversation_id)


def _handoff(notice: Notice, who: str) -> tuple[str, str, str]:
    title = _("%(who)s waits for a person") % {"who": who}
    return title, _("The bot is silent until somebody takes over."), _conversation(notice)


def _new_lead(notice: Notice, who: str) -> tuple[str, str, str]:
    title = _("New lead: %(who)s") % {"who": who}
    return title, _("See what they want, and make them yours."), _conversation(notice)


def _inbox_broken(notice: Notice, _who: str) -> tuple[str, str, str]:
    inbox = notice.inbox
    title = _("“%(inbox)s” stopped working") % {"inbox": inbox.name if inbox else _("An inbox")}
    text = inbox.trouble if inbox and inbox.trouble else _("What customers write may not be answered.")
    return title, text, workspace_url("inboxes:inbox", inbox.pk) if inbox else workspace_url("inboxes:list")


def _inbox_repaired(notice: Notice, _who: str) -> tuple[str, str, str]:
    inbox = notice.inbox
    title = _("“%(inbox)s” works again") % {"inbox": inbox.name if inbox else _("An inbox")}
    path = workspace_url("inboxes:inbox", inbox.pk) if inbox else workspace_url("inboxes:list")
    return title, _("What waited there is sent now."), path


def _inbox_throttled(notice: Notice, _who: str) -> tuple[str, str, str]:
    inbox = notice.inbox
    title = _("“%(inbox)s” is limited by its vendor") % {"inbox": inbox.name if inbox else _("An inbox")}
    text = _("Answers arrive late. Send less at once, or ask the vendor for a higher limit.")
    return title, text, workspace_url("inboxes:inbox", inbox.pk) if inbox else workspace_url("inboxes:list")


def _inbox_silent(notice: Notice, _who: str) -> tuple[str, str, str]:
    inbox = notice.inbox
    title = _("“%(inbox)s” is unusually silent") % {"inbox": inbox.name if inbox else _("An inbox")}
    text = _("Customers usually write at this time. Write to it yourself; if nothing arrives, connect it again.")
    return title, text, workspace_url("inboxes:inbox", inbox.pk) if inbox else workspace_url("inboxes:list")


#: Where one sees what a limit counts.
_LIMITED = {"bots": "bots:list", "inboxes": "inboxes:list"}


def _limit_near(notice: Notice, _who: str) -> tuple[str, str, str]:
    what, _space, used = notice.detail.partition(" ")
    title = _("%(used)s %(what)s of your plan are in use") % {"used": used, "what": what}
    return (
        title,
        _("Remove one you do not need, or change the plan."),
        workspace_url(_LIMITED.get(what, "panel:conversations")),
    )


_WRITERS = {
    kinds.HANDOFF: _handoff,
    kinds.NEW_LEAD: _new_lead,
    kinds.INBOX_BROKEN: _inbox_broken,
    kinds.INBOX_REPAIRED: _inbox_repaired,
    kinds.INBOX_THROTTLED: _inbox_throttled,
    kinds.INBOX_SILENT: _inbox_silent,
    kinds.LIMIT_NEAR: _limit_near,
}
