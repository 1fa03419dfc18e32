"""The apps' layers as `.importlinter` states them, and every relation between this project's models."""

from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

CONTRACTS = Path(settings.BASE_DIR) / ".importlinter"


def layers() -> list[frozenset[str]]:
    """The apps of each layer, topmost first."""
    parser = ConfigParser()
    parser.read(CONTRACTS)
    lines = parser["importlinter:contract:app-layers"]["layers"].split("\n")
    return [frozenset(name.strip(" ()") for name in line.split("|")) for line in lines if line.strip()]


def depth() -> dict[str, int]:
    """How far below the top each app stands."""
    return {app: place for place, together in enumerate(layers()) for app in together}


def own_models() -> list[type[models.Model]]:
    """Every model of the project's apps, those of many-to-many tables included."""
    return [
        model
        for config in apps.get_app_configs()
        if config.name.startswith("apps.")
        for model in config.get_models(include_auto_created=True)
    ]


def relations() -> Iterator[tuple[type[models.Model], Any]]:
    """Each model with each of its own fields that points to another model."""
    for model in own_models():
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            if field.is_relation:
                yield model, field


def in_workspace(model: type[models.Model]) -> bool:
    """Whether the model's table stands in every workspace's own schema."""
    return apps.get_app_config(model._meta.app_label).name in settings.TENANT_APPS
