"""Finds or makes the contact behind a vendor's identities, and keeps what is known of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.contacts.models import Contact, Identity
from apps.providers.base import Identity as Known
from apps.providers.base import IdentityKind, Party
from apps.tenants.door import schema


def resolve(party: Party) -> Contact:
    """The contact with any of these identities, the strongest first; new when nobody has one.

    Identities that nobody has are added to them; one that belongs to somebody else stays there, because a
    phone handed on to another person must not merge two people. Raises ValueError for a party without any.
    """
    if not party.identities:
        raise ValueError("A sender without any identity cannot be answered.")
    with transaction.atomic():
        _one_at_a_time(party.identities)
        contact = _known(party.identities) or Contact.objects.create(name=party.name[:200])
        if party.name and not contact.name:
            contact.name = party.name[:200]
            contact.save(update_fields=["name"])
        _add(contact, party.identities)
    return contact


def alias(old: Known, new: Known) -> None:
    """Says that the person known by `old` is now also known by `new`; repeating it changes nothing."""
    with transaction.atomic():
        _one_at_a_time((old, new))
        contact = _known((old,))
        if contact is not None:
            _add(contact, (new,))


def party_of(contact: Contact) -> Party:
    """The contact as a vendor is to be told: identities, strongest first."""
    order = list(IdentityKind)
    identities = [Known(IdentityKind(row.kind), row.value) for row in contact.identities.all()]
    # The newest of a kind is the one in use: people change numbers.
    identities.reverse()
    return Party(tuple(sorted(identities, key=lambda identity: order.index(identity.kind))), contact.name)


def put_facts(contact: Contact, source: str, facts: Mapping[str, Any]) -> None:
    """Replaces what a source (e.g. "crm") says of the contact."""
    with transaction.atomic():
        locked = Contact.objects.select_for_update().get(pk=contact.pk)
        locked.facts = {**locked.facts, source: dict(facts)}
        locked.save(update_fields=["facts"])


def opt_out(contact: Contact, at: datetime | None = None) -> None:
    """The person does not want to be written to."""
    Contact.objects.filter(pk=contact.pk).update(opted_out_at=at or timezone.now())


def opt_in(contact: Contact) -> None:
    """The person wants to be written to again."""
    Contact.objects.filter(pk=contact.pk).update(opted_out_at=None)


def _one_at_a_time(identities: tuple[Known, ...]) -> None:
    """Two first messages of one person at once make one contact; the unique key is the guard behind it."""
    keys = sorted(f"{schema()}.{identity.kind}.{identity.value}" for identity in identities)
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [key])


def _known(identities: tuple[Known, ...]) -> Contact | None:
    for identity in identities:
        row = Identity.objects.select_related("contact").filter(kind=identity.kind, value=identity.value).first()
        if row is not None:
            return row.contact
    return None


def _add(contact: Contact, identities: tuple[Known, ...]) -> None:
    Identity.objects.bulk_create(
        [Identity(contact=contact, kind=identity.kind, value=identity.value[:200]) for identity in identities],
        ignore_conflicts=True,
    )
