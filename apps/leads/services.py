"""Finds the lead of a contact, keeps what is learnt of it, and moves it through the sale."""

import json
import logging
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Membership, User
from apps.accounts.roles import can
from apps.bots.models import Bot
from apps.contacts.models import Contact
from apps.core import audit
from apps.core.events import publish
from apps.core.statements import Statement, columns
from apps.leads.events import LeadChanged
from apps.leads.models import Lead
from apps.leads.stages import ALLOWED, after_learning
from apps.llm.base import LEAD_FIELDS
from apps.work.services import workspace_id

log = logging.getLogger(__name__)

Entry = dict[str, str | int | None]

LEAD = Statement(f"SELECT {columns(Lead)} FROM leads_lead WHERE contact_id = %s AND bot_id = %s")  # noqa: S608  # nosec B608  # ours
NEW_LEAD = Statement(f"""
INSERT INTO leads_lead (contact_id, bot_id, stage, fields, asked, created_at, changed_at)
VALUES (%s, %s, 'capturing', %s::jsonb, '{{}}', statement_timestamp(), statement_timestamp())
ON CONFLICT (contact_id, bot_id) DO NOTHING RETURNING {columns(Lead)}
""")  # noqa: S608  # nosec B608

#: Characters of a field. A longer name or place is cut; a longer e-mail or phone is none.
MOST = {"name": 120, "email": 254, "phone": 32, "location": 300}
_CUT = frozenset({"name", "location"})


def lead_of(contact: Contact, bot: Bot) -> Lead:
    """The sales record of the contact with this bot, made when there is none.

    Without a phone, the number by which a vendor knows the contact is taken for it.
    """
    known = next(iter(LEAD.objects(Lead, [contact.pk, bot.pk])), None)
    if known is not None and known.value("phone"):
        return known
    phone: Entry = {"value": contact.phone, "source": "channel", "message": None}
    entries = {"phone": phone} if phone["value"] else {}
    with transaction.atomic():
        made = NEW_LEAD.objects(Lead, [contact.pk, bot.pk, json.dumps(entries)]) if known is None else []
        if made:
            publish(LeadChanged(made[0].pk, contact.pk, tuple(entries), "channel"))
            return made[0]
        (lead,) = LEAD.objects(Lead, [contact.pk, bot.pk])
        return _learn(lead.pk, entries, "channel") if entries else lead


def save_fields(lead: Lead, values: Mapping[str, str], *, message_id: int) -> Lead:
    """Keeps what the contact said of themselves in a message; the newest message stands. Returns the lead as it is now.

    Only LEAD_FIELDS are kept. What is empty, or the same as before, changes nothing.
    """
    said = {field: _clean(field, values[field]) for field in LEAD_FIELDS if field in values}
    entries: dict[str, Entry] = {
        field: {"value": value, "source": "message", "message": message_id} for field, value in said.items() if value
    }
    with transaction.atomic():
        return _learn(lead.pk, entries, "message")


def mark_asked(lead: Lead, field: str, *, message_id: int) -> Lead:
    """Remembers that the bot asked for the field in its reply to this message. Raises ValueError for no lead field."""
    if field not in LEAD_FIELDS:
        raise ValueError(f"{field} is no field of a lead.")
    with transaction.atomic():
        locked = _lock(lead.pk)
        if field not in locked.asked:
            locked.asked[field] = message_id
            locked.save(update_fields=["asked", "changed_at"])
    return locked


def next_field(lead: Lead) -> str | None:
    """The field to ask for: the first that is missing and has not been asked for before."""
    return next(iter(lead.unasked), None)


def assign(lead: Lead, user: User) -> Lead:
    """Gives the lead to a member; one that is still open is then assigned.

    Raises ValidationError for somebody who does not work leads in this workspace, for a vendor when a colleague
    has the lead, and for everybody when somebody else got it since it was read.
    """
    membership = Membership.objects.select_related("user").filter(user=user, workspace_id=workspace_id()).first()
    if not can(membership, "work_leads"):
        raise ValidationError(f"{user} does not work leads in this workspace. Make them a vendor first.")
    with transaction.atomic():
        locked = _lock(lead.pk)
        others = locked.vendor_id not in (None, user.pk)
        if others and (locked.vendor_id != lead.vendor_id or not can(membership, "see_all_conversations")):
            raise ValidationError(_("%(name)s has this lead. Ask them for it.") % {"name": locked.vendor})
        is_open = locked.stage in (Lead.Stage.CAPTURING, Lead.Stage.QUALIFIED)
        stage = Lead.Stage.ASSIGNED if is_open else Lead.Stage(locked.stage)
        return _change(locked, "person", vendor_id=user.pk, stage=stage)


def release(user_id: int) -> None:
    """Takes the person's leads that are not closed, so that somebody else can have them; closed ones stay theirs."""
    with transaction.atomic():
        closed = (Lead.Stage.WON, Lead.Stage.LOST)
        theirs = Lead.objects.filter(vendor=user_id).exclude(stage__in=closed).order_by("pk")
        for lead in theirs.select_for_update():
            open_stage = Lead.Stage.CAPTURING if lead.missing else Lead.Stage.QUALIFIED
            stage = open_stage if lead.stage == Lead.Stage.ASSIGNED else Lead.Stage(lead.stage)
            _change(lead, "person", vendor_id=None, stage=stage)


def set_stage(lead: Lead, stage: Lead.Stage, by: User) -> Lead:
    """Moves the lead because a person says so. Raises ValidationError for a move that makes no sense."""
    with transaction.atomic():
        locked = _lock(lead.pk)
        before = Lead.Stage(locked.stage)
        if stage != before and stage not in ALLOWED[before]:
            raise ValidationError(f"A lead that is {before.label.lower()} cannot become {stage.label.lower()}.")
        if stage == Lead.Stage.ASSIGNED and locked.vendor_id is None:
            raise ValidationError("Nobody has this lead. Assign it to somebody.")
        changed = _change(locked, "person", stage=stage)
    log.info("Lead %s moved from %s to %s by user %s", lead.pk, before, stage, by.pk)
    return changed


def _clean(field: str, value: str) -> str:
    """One line that Postgres can keep: models may answer with NUL bytes and halves of characters."""
    line = " ".join(value.replace("\x00", "").encode(errors="ignore").decode().split())
    most = MOST[field]
    return line[:most].rstrip() if field in _CUT or len(line) <= most else ""


def _lock(lead_id: int) -> Lead:
    return Lead.objects.select_for_update().get(pk=lead_id)


def _learn(lead_id: int, entries: Mapping[str, Entry], origin: str) -> Lead:
    """Writes entries that say something new, and what follows for the stage."""
    lead = _lock(lead_id)
    news = {field: entry for field, entry in entries.items() if _is_news(lead, field, entry)}
    if not news:
        return lead
    had, lead.fields = lead.value("name"), {**lead.fields, **news}
    stage = after_learning(lead)
    changed = (*news, *(["stage"] if stage != lead.stage else []))
    lead.stage = stage
    lead.save(update_fields=["fields", "stage", "changed_at"])
    if "name" in news:  # a visitor of a website has no other name in the lists
        Contact.objects.filter(pk=lead.contact_id, name__in=("", had)).update(name=lead.value("name"))
    publish(LeadChanged(lead.pk, lead.contact_id, changed, origin))
    return lead


def _is_news(lead: Lead, field: str, entry: Entry) -> bool:
    """Another value, unless it is older than the one we have: from an earlier message, or from the channel."""
    if lead.value(field) in ("", entry["value"]):
        return not lead.value(field)
    had, now = lead.fields[field].get("message"), entry["message"]
    return isinstance(now, int) and (had is None or had <= now)


def _change(lead: Lead, origin: str, **values: object) -> Lead:
    """Writes what differs of stage and vendor, and tells."""
    changed = [name for name, value in values.items() if getattr(lead, name) != value]
    was = _shown(lead)
    for name in changed:
        setattr(lead, name, values[name])
    if changed:
        lead.save(update_fields=[*changed, "changed_at"])
        fields = tuple(name.removesuffix("_id") for name in changed)
        publish(LeadChanged(lead.pk, lead.contact_id, fields, origin))
        now = _shown(lead)
        audit.record("lead.changed", lead, changes={field: [was[field], now[field]] for field in fields})
    return lead


def _shown(lead: Lead) -> dict[str, str]:
    """Stage and vendor as the audit log keeps them."""
    return {"stage": str(lead.stage), "vendor": str(lead.vendor or "")}
