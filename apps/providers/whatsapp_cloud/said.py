"""What all readers of WhatsApp messages share: their result, and the access to a message's parts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from apps.providers.base import ContentKind
from apps.providers.meta_errors import masked
from apps.providers.payloads import Malformed, as_id, as_object, as_objects, as_text, only_given

Message = Mapping[str, Any]


@dataclass(frozen=True)
class Said:
    """A message's meaning; text and content as in base.Inbound."""

    kind: ContentKind
    text: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)


def part(message: Message, name: str) -> Message:
    """The object that carries what a message of type `name` says. Raises Malformed when there is none."""
    found = as_object(message.get(name))
    if not found:
        raise Malformed(f"a message of type {name} without its {name} object")
    return found


def target(value: Any) -> str:
    """The id of the message that this one is about. Raises Malformed when there is none."""
    found = as_id(value)
    if not found:
        raise Malformed("it does not say which message it is about")
    return found


def errors_in(message: Message) -> list[dict[str, Any]]:
    """The vendor's errors about this message, in a short form without what names somebody."""
    return [
        only_given(
            code=as_id(error.get("code")),
            title=masked(as_text(error.get("title")) or as_text(error.get("message"))),
            details=masked(as_text(as_object(error.get("error_data")).get("details"))),
        )
        for error in as_objects(message.get("errors"))
    ]


def unsupported(message: Message) -> Said:
    """A type that is not known here, or that Meta could not show us; kept by its name."""
    named = as_text(as_object(message.get("unsupported")).get("type"))
    content = {"type": named or as_text(message.get("type")), "errors": errors_in(message)}
    return Said(ContentKind.UNSUPPORTED, "", content)
