"""What the tests of knowledge share."""

from pathlib import Path
from typing import Any

import pytest

from tests.knowledge.web import web

__all__ = ["web"]


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    """Where uploaded files are kept."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"
