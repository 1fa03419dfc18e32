"""Foreign keys keep to the layers, which the import contracts cannot see, and never cross schemas the wrong way."""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey

from tests.isolation.layers import depth, in_workspace, own_models, relations


def _app(model: type) -> str:
    return apps.get_app_config(model._meta.app_label).name.removeprefix("apps.")  # type: ignore[attr-defined]


def test_every_app_has_a_layer_and_every_layer_an_app() -> None:
    folders = {path.parent.name for path in (Path(settings.BASE_DIR) / "apps").glob("*/__init__.py")}
    assert set(depth()) == folders


def test_a_foreign_key_points_only_to_its_own_app_or_one_below() -> None:
    below = depth()
    upward = [
        f"{model.__name__}.{field.name} -> {field.related_model.__name__}"
        for model, field in relations()
        if _app(field.related_model) in below
        and _app(field.related_model) != _app(model)
        and below[_app(field.related_model)] <= below[_app(model)]
    ]
    assert upward == []
    assert len(list(relations())) >= 20


def test_no_relation_is_generic() -> None:
    generic = [
        f"{model.__name__}.{field.name}"
        for model in own_models()
        for field in model._meta.private_fields
        if isinstance(field, GenericForeignKey)
    ]
    to_types = [
        f"{model.__name__}.{field.name}"
        for model, field in relations()
        if field.related_model._meta.label == "contenttypes.ContentType"
    ]
    assert (generic, to_types) == ([], [])


def test_a_shared_table_never_points_into_a_workspace() -> None:
    inward = [
        f"{model.__name__}.{field.name}"
        for model, field in relations()
        if not in_workspace(model) and in_workspace(field.related_model)
    ]
    assert inward == []


def test_deleting_a_person_never_deletes_a_workspaces_rows() -> None:
    """A cascade would reach only the schema in which it happens to run."""
    cascading = [
        f"{model.__name__}.{field.name}"
        for model, field in relations()
        if in_workspace(model)
        and not in_workspace(field.related_model)
        and field.remote_field.on_delete.__name__ not in ("SET_NULL", "DO_NOTHING")
    ]
    assert cascading == []


def test_every_app_with_tables_is_either_shared_or_in_workspaces() -> None:
    both = set(settings.SHARED_APPS) & set(settings.TENANT_APPS)
    owners = {apps.get_app_config(model._meta.app_label).name for model in own_models()}
    assert both == set()
    assert owners - set(settings.SHARED_APPS) - set(settings.TENANT_APPS) == set()
