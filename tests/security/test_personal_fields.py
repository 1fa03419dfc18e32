"""The erase registry: every field that can hold words says whether they are a person's; none can be forgotten."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from pgvector.django import VectorField

from apps.core.personal import _impersonal, _personal, declared
from tests.isolation.layers import own_models

#: What can hold words, a file, or something that words can be guessed from.
FREE_FORM = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.FileField,
    ArrayField,
    SearchVectorField,
    VectorField,
)


def free_form(model: type[models.Model]) -> Iterator[Any]:
    """The model's own fields of these types; an array of numbers holds no words."""
    for field in model._meta.local_fields:
        numbers = isinstance(field, ArrayField) and isinstance(field.base_field, models.IntegerField)
        if isinstance(field, FREE_FORM) and not numbers:
            yield field


MODELS = {model._meta.label: model for model in own_models() if not model._meta.auto_created}


@pytest.mark.parametrize("label", MODELS)
def test_every_free_form_field_is_declared(label: str) -> None:
    personal, impersonal = declared(label)
    undeclared = [field.name for field in free_form(MODELS[label]) if field.name not in personal | impersonal]
    assert undeclared == [], f"Declare them in {label.split('.')[0]}/apps.py with core.personal.declare."


@pytest.mark.parametrize("label", MODELS)
def test_no_field_is_both(label: str) -> None:
    personal, impersonal = declared(label)
    assert personal & impersonal == set()


@pytest.mark.parametrize("label", sorted({*_personal, *_impersonal}))
def test_what_is_declared_exists(label: str) -> None:
    names = {field.name for field in MODELS[label]._meta.local_fields}
    personal, impersonal = declared(label)
    assert (personal | impersonal) - names == set()


def test_the_places_where_people_speak_are_personal() -> None:
    known = {f"{label}.{name}" for label, names in _personal.items() for name in names}
    assert known >= {
        "accounts.User.email",
        "contacts.Contact.name",
        "contacts.Identity.value",
        "conversations.Conversation.preview",
        "conversations.Message.text",
        "conversations.Message.content",
        "handoff.Handoff.reason",
        "ingest.Delivery.body",
        "leads.Lead.fields",
    }
