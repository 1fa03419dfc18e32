"""The audit log as it is asked for and read: rows of a filter, each as a sentence with what it changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _

from apps.accounts.api_keys import SCOPES
from apps.accounts.models import Role
from apps.bots.models import Bot
from apps.conversations.models import Conversation, Message
from apps.core.actors import Kind
from apps.core.audit import CHANGED
from apps.core.audit_words import ACTIONS, FIELDS, area_of
from apps.core.models import AuditRow
from apps.inboxes.models import Inbox
from apps.leads.models import Lead

PAGE = 50
#: Pictures of the areas.
ICONS = {
    "workspace": "building-2",
    "business": "store",
    "team": "users-round",
    "sign_in": "log-in",
    "api_key": "key-round",
    "bot": "bot",
    "knowledge": "book-open",
    "inbox": "plug",
    "conversation": "messages-square",
    "message": "message-square",
    "lead": "contact-round",
    "staff": "shield",
}
#: Words of values that are kept as codes, by field.
VALUES: Mapping[str, Mapping[str, str | Promise]] = {
    "role": dict(Role.choices),
    "stage": dict(Lead.Stage.choices),
    "tone": dict(Bot.Tone.choices),
    "provider": dict(Bot.Provider.choices),
}


@dataclass(frozen=True)
class Asked:
    """Which rows: `who` is "kind" or "kind:id", `what` an area or an action, `about` "kind:id" of a subject."""

    who: str = ""
    what: str = ""
    about: str = ""
    since: date | None = None
    until: date | None = None
    search: str = ""
    before: int | None = None


@dataclass(frozen=True)
class Change:
    """One field of a row; `secret`: neither value was kept."""

    field: str
    before: str
    after: str
    secret: bool = False


@dataclass(frozen=True)
class Line:
    """A row as it is read."""

    row: AuditRow
    day: date  # in the reader's zone
    sentence: str
    icon: str
    about: str
    changes: Sequence[Change]


def find(asked: Asked) -> tuple[list[Line], int | None]:
    """A page of rows, the newest first, and where the next one begins; None on the last."""
    rows = list(matching(asked).order_by("-pk")[: PAGE + 1])
    shown = rows[:PAGE]
    return lines_of(shown), shown[-1].pk if len(rows) > PAGE else None


def matching(asked: Asked) -> QuerySet[AuditRow]:
    """The rows that fit."""
    found = AuditRow.objects.all()
    kind, _colon, number = asked.who.partition(":")
    if kind:
        found = found.filter(actor_kind=kind, **({"actor_id": int(number)} if number else {}))
    if asked.what:
        wanted = [action for action in ACTIONS if asked.what in (action, area_of(action))]
        found = found.filter(action__in=wanted)
    kind, _colon, number = asked.about.partition(":")
    if kind:
        found = found.filter(subject_kind=kind, subject_id=int(number))
    if asked.since:
        found = found.filter(at__gte=timezone.make_aware(datetime.combine(asked.since, time.min)))
    if asked.until:
        found = found.filter(at__lte=timezone.make_aware(datetime.combine(asked.until, time.max)))
    if asked.search:
        found = found.filter(_named(asked.search))
    return found if asked.before is None else found.filter(pk__lt=asked.before)


def _named(words: str) -> Q:
    """What is called so, by whom, or about a customer who is; a customer's name stands with the customer alone."""
    talks = Conversation.objects.filter(contact__name__icontains=words).values("pk")
    leads = Lead.objects.filter(contact__name__icontains=words).values("pk")
    said = Message.objects.filter(conversation__contact__name__icontains=words).values("pk")
    return (
        Q(subject_name__icontains=words)
        | Q(actor_name__icontains=words)
        | Q(subject_kind="conversation", subject_id__in=talks)
        | Q(subject_kind="lead", subject_id__in=leads)
        | Q(subject_kind="message", subject_id__in=said)
    )


def lines_of(rows: Sequence[AuditRow]) -> list[Line]:
    """The rows in words; what they are about is looked up for all at once."""
    known = _Known(rows)
    return [
        Line(
            row=row,
            day=timezone.localtime(row.at).date(),
            sentence=format_html(str(ACTIONS[row.action]), who=_who(row), what=known.what(row)),
            icon=ICONS[area_of(row.action)],
            about=f"{row.subject_kind}:{row.subject_id}" if row.subject_id else "",
            changes=[_change(field, value) for field, value in row.changes.items()],
        )
        for row in rows
        if row.action in ACTIONS  # a later version may have known more
    ]


def _who(row: AuditRow) -> str:
    """Whoever did it, by the name they had then."""
    words = {
        Kind.PERSON: row.actor_name,
        Kind.KEY: _("The API key %(name)s") % {"name": row.actor_name},
        Kind.STAFF: _("The staff of Leadline"),
        Kind.COMMAND: _("The command %(name)s") % {"name": row.actor_name},
        Kind.SYSTEM: "Leadline",
        Kind.NOBODY: _("Somebody"),
    }
    return format_html('<b dir="auto">{}</b>', words[Kind(row.actor_kind)])


def _change(field: str, value: Any) -> Change:
    label = str(FIELDS.get(field, field))
    if value == CHANGED:
        return Change(label, "", "", secret=True)
    before, after = (_shown(field, one) for one in value)
    return Change(label, before, after)


def _shown(field: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if field == "scopes":
        return ", ".join(str(SCOPES.get(scope, scope)) for scope in str(value).split(", "))
    return str(VALUES.get(field, {}).get(value, value)) if isinstance(value, str) else str(value)


class _Known:
    """What the rows of a page are about and is still there, read in a fixed number of queries."""

    def __init__(self, rows: Sequence[AuditRow]) -> None:
        ids: dict[str, set[int]] = {}
        for row in rows:
            if row.subject_id:
                ids.setdefault(row.subject_kind, set()).add(row.subject_id)
        self.bots = set(Bot.objects.filter(pk__in=ids.get("bot", ())).values_list("pk", flat=True))
        shown = Inbox.objects.filter(pk__in=ids.get("inbox", ()), hidden=False)
        self.inboxes = set(shown.values_list("pk", flat=True))
        said = Message.objects.filter(pk__in=ids.get("message", ())).select_related("conversation__contact")
        talks = Conversation.objects.filter(pk__in=ids.get("conversation", ())).select_related("contact")
        self.messages = {message.pk: message.conversation for message in said}
        self.talks = {talk.pk: talk for talk in talks}
        leads = Lead.objects.filter(pk__in=ids.get("lead", ())).select_related("contact")
        self.leads = {lead.pk: str(lead.contact) for lead in leads}

    def what(self, row: AuditRow) -> str:
        """The subject by its name, with a link where there is something to see."""
        number = row.subject_id or 0
        if row.subject_kind == "conversation":
            return _talk(_("the conversation"), _("the conversation with %(name)s"), self.talks.get(number))
        if row.subject_kind == "message":
            return _talk(_("a message"), _("a message to %(name)s"), self.messages.get(number))
        if row.subject_kind == "lead":
            name = self.leads.get(number)
            return _plain(_("the lead %(name)s") % {"name": name} if name else _("a lead"))
        if row.subject_kind == "bot" and number in self.bots:
            return _link(row.subject_name, reverse("bots:edit", args=[number]))
        if row.subject_kind == "inbox" and number in self.inboxes:
            return _link(row.subject_name, reverse("inboxes:inbox", args=[number]))
        return _plain(row.subject_name)


def _talk(gone: str, named: str, talk: Conversation | None) -> str:
    if talk is None:
        return _plain(gone)
    return _link(named % {"name": talk.contact}, reverse("panel:conversation", args=[talk.pk]))


def _link(text: str, url: str) -> str:
    return format_html('<a href="{}" dir="auto">{}</a>', url, text)


def _plain(text: str) -> str:
    return format_html('<span class="al-what" dir="auto">{}</span>', text)
