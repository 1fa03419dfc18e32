"""Every kind of LLM is found by name, and the slow SDK is loaded only for its own kind."""

import subprocess
import sys

import pytest

from apps.llm.base import LLMError
from apps.llm.registry import KINDS, get


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_made(kind: str) -> None:
    llm = get(kind, base_url="http://127.0.0.1:1/v1", api_key="k", model="m", embedding_model="e")
    assert llm.embedder == {"offline": "offline-hash-1", "openai": "e"}[kind]


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(LLMError) as refused:
        get("oracle")
    assert refused.value.text == "There is no model provider “oracle”. Choose one of: offline, openai."
    assert not refused.value.retryable


def test_the_sdk_is_not_loaded_for_the_offline_answerer() -> None:
    code = "import sys; from apps.llm.registry import get; get('offline').embed(['x']); print('openai' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
