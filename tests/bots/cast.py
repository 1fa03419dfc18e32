"""What the tests of the bots' pages say often."""

from typing import Any

BASE = "/w/acme/bots"


def filled(**changes: Any) -> dict[str, Any]:
    """A complete form of a bot."""
    return {
        **{"name": "Luna", "business": "Luna Bakery", "persona": "You are kind.", "tone": "formal"},
        **{"language": "es", "region": "es", "provider": "openai", "model": "gpt-4.1-mini"},
        **{"temperature": "0.4", "max_characters": "600", **changes},
    }
