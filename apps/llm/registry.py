"""The kinds of LLM by name.

Owns the table and the loading at first use: the SDK of one kind takes a second to import.
"""

from importlib import import_module

from apps.llm.base import LLM, LLMError

#: kind -> (label for people, module, class)
KINDS: dict[str, tuple[str, str, str]] = {
    "offline": ("Built-in answerer (not a language model)", "apps.llm.offline.llm", "OfflineLLM"),
    "openai": ("OpenAI or compatible", "apps.llm.openai.client", "OpenAILLM"),
}

DEFAULT = "offline"


def get(
    provider: str,
    *,
    base_url: str = "",
    api_key: str = "",
    model: str = "",
    embedding_model: str = "",
    timeout: float = 30.0,
) -> LLM:
    """The LLM of a kind of KINDS; "offline" uses none of the settings. `timeout` is in seconds.

    Raises LLMError for an unknown kind or an address that is none.
    """
    if provider not in KINDS:
        raise LLMError(f"There is no model provider “{provider}”. Choose one of: {', '.join(KINDS)}.", retryable=False)
    _, module, name = KINDS[provider]
    kind = getattr(import_module(module), name)
    if provider == DEFAULT:
        offline: LLM = kind()
        return offline
    given = {"embedding_model": embedding_model} if embedding_model else {}
    llm: LLM = kind(base_url=base_url, api_key=api_key, model=model, timeout=timeout, **given)
    return llm
