"""Finds or makes the contact behind a vendor's identities, and keeps what is known of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.contacts.models import Contact, Identity
from apps.core.statements import Statement, columns
from apps.providers.base import Identity as Known
from apps.providers.base import IdentityKind, Party
from apps.tenants.door import schema

IDENTITIES = Statement(f"SELECT {columns(Identity)} FROM contacts_identity WHERE contact_id = %s ORDER BY id")  # noqa: S608  # nosec B608  # columns of ours

#: An identity as it is stored: kind and value.
Name = tuple[str, str]


def resolve(party: Party) -> Contact:
    """The contact with any of these identities, the strongest first; new when nobody has one.

    Identities that nobody has are added to them; one that belongs to somebody else stays there, because a
    phone handed on to another person must not merge two people. Raises ValueError for a party without any.
    """
    return resolve_all([party])[0]


def resolve_all(parties: Sequence[Party]) -> list[Contact]:
    """As `resolve` of each, in their order, with a few questions for all of them together."""
    if not all(party.identities for party in parties):
        raise ValueError("A sender without any identity cannot be answered.")
    with transaction.atomic():
        known = _known(identity for party in parties for identity in party.identities)
        strangers = [party for party in parties if not all(_name(one) in known for one in party.identities)]
        if strangers:
            known |= _learn(strangers)
        found = [next(known[name] for name in map(_name, party.identities) if name in known) for party in parties]
        for party, contact in zip(parties, found, strict=True):
            if party.name and not contact.name:
                contact.name = party.name[:200]
                contact.save(update_fields=["name"])
    return found


def _learn(strangers: Sequence[Party]) -> dict[Name, Contact]:
    """Whose all their identities are, once those that are nobody's are their contact's."""
    every = [identity for party in strangers for identity in party.identities]
    _one_at_a_time(every)
    known = _known(every)
    new: list[Contact] = []
    learned: list[Identity] = []
    for party in strangers:
        names = list(dict.fromkeys(map(_name, party.identities)))
        contact = next((known[name] for name in names if name in known), None)
        if contact is None:
            contact = Contact(name=party.name[:200])
            new.append(contact)
        for name in names:
            if name not in known:
                known[name] = contact
                learned.append(Identity(contact=contact, kind=name[0], value=name[1]))
    Contact.objects.bulk_create(new)
    _add(learned)
    return known


def alias(old: Known, new: Known) -> None:
    """Says that the person known by `old` is now also known by `new`; repeating it changes nothing."""
    with transaction.atomic():
        _one_at_a_time((old, new))
        for contact in _known((old,)).values():
            _add([Identity(contact=contact, kind=str(new.kind), value=new.value[:200])])


def party_of(contact: Contact) -> Party:
    """The contact as a vendor is to be told: identities, strongest first."""
    order = list(IdentityKind)
    identities = [Known(IdentityKind(row.kind), row.value) for row in contact.identities.all()]
    # The newest of a kind is the one in use: people change numbers.
    identities.reverse()
    return Party(tuple(sorted(identities, key=lambda identity: order.index(identity.kind))), contact.name)


def acquaint(contact: Contact) -> None:
    """Reads by which names vendors know the contact, as a prefetch would: who asks for them later finds them here."""
    known = Identity.objects.all()
    known._result_cache = IDENTITIES.objects(Identity, [contact.pk])
    known._prefetch_done = True  # type: ignore[attr-defined]  # a prefetched one's own mark
    vars(contact).setdefault("_prefetched_objects_cache", {})["identities"] = known


def put_facts(contact: Contact, source: str, facts: Mapping[str, Any]) -> None:
    """Replaces what a source (e.g. "crm") says of the contact."""
    with transaction.atomic():
        locked = Contact.objects.select_for_update().get(pk=contact.pk)
        locked.facts = {**locked.facts, source: dict(facts)}
        locked.save(update_fields=["facts"])


def opt_out(contact: Contact, at: datetime | None = None) -> None:
    """The person does not want to be written to. By the database's clock: what was to be said before is told by it."""
    Contact.objects.filter(pk=contact.pk).update(opted_out_at=at or Now())


def opt_in(contact: Contact) -> None:
    """The person wants to be written to again."""
    Contact.objects.filter(pk=contact.pk).update(opted_out_at=None)


def check_wants_messages(contact_id: int) -> None:
    """Raises ValidationError when the person does not want to be written to."""
    if Contact.objects.filter(pk=contact_id, opted_out_at__isnull=False).exists():
        raise ValidationError(
            _("This contact has asked not to be written to. You can write again once they send START.")
        )


def _one_at_a_time(identities: Iterable[Known]) -> None:
    """Two first messages of one person at once make one contact; the unique key is the guard behind it.

    Locks are taken in one order by everybody, so that two who meet several new people do not wait for each other.
    """
    keys = sorted({f"{schema()}.{identity.kind}.{identity.value}" for identity in identities})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(key, 1)) FROM unnest(%s::text[]) AS key", [keys])


def _known(identities: Iterable[Known]) -> dict[Name, Contact]:
    """Whose the identities are that somebody has. One contact is one object."""
    wanted = set(map(_name, identities))
    rows = Identity.objects.select_related("contact").filter(
        kind__in={kind for kind, _ in wanted}, value__in={value for _, value in wanted}
    )
    found: dict[int, Contact] = {}
    return {
        (row.kind, row.value): found.setdefault(row.contact_id, row.contact)
        for row in rows
        if (row.kind, row.value) in wanted
    }


def _name(identity: Known) -> Name:
    return str(identity.kind), identity.value[:200]


def _add(identities: Sequence[Identity]) -> None:
    """Theirs from now on, unless they are somebody's already."""
    Identity.objects.bulk_create(identities, ignore_conflicts=True)
