"""What a model sent back, checked before anybody relies on it.

Owns the form of an answer and the test that a found field really stands in the customer's words.
"""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from apps.llm.base import LEAD_FIELDS, Prompt, Reply, Usage, Voice
from apps.llm.fields.contacts import find_emails, normalise_email, normalise_phone
from apps.llm.language.words import fold, split
from apps.llm.openai.dialects import Output

_LONGEST_REASON = 300
_LONGEST_FIELD = 160
# Postgres stores neither; a model cut off within an emoji leaves half of one behind.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CODE_FENCE = re.compile(r"^\s*```(?:json)?\s*|\s*```\s*$")


class Unusable(Exception):
    """The server answered, but not with an answer; another try may bring one."""


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("", text)


_Text = Annotated[str, AfterValidator(_storable)]


class _Fields(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: _Text | None = None
    email: _Text | None = None
    phone: _Text | None = None
    location: _Text | None = None


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    reply: _Text
    fields: _Fields
    handoff_reason: _Text | None = None
    knows: bool
    used_passages: list[int]
    asks: str | None = None


class _Call(BaseModel):
    arguments: str


class _ToolCall(BaseModel):
    function: _Call


class _Message(BaseModel):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int = 0
    completion_tokens: int = 0


class _Completion(BaseModel):
    choices: list[_Choice]
    usage: _Usage | None = None
    model: _Text | None = None


def read_reply(payload: Any, prompt: Prompt, *, output: Output, model: str) -> Reply:
    """The reply in a completion's JSON. Raises Unusable when there is none."""
    try:
        completion = _Completion.model_validate(payload)
    except ValidationError as error:
        raise Unusable("it was no chat completion") from error
    if not completion.choices:
        raise Unusable("it was empty")
    answer = _answer(_content(completion.choices[0], output))
    usage = completion.usage or _Usage()
    return _reply(answer, prompt, model=completion.model or model, usage=usage)


def _content(choice: _Choice, output: Output) -> str:
    message = choice.message
    if message.refusal:
        raise Unusable("the model refused to answer")
    if choice.finish_reason == "length":
        raise Unusable("it was cut off")
    if choice.finish_reason == "content_filter":
        raise Unusable("a content filter held it back")
    if output is Output.TOOL and message.tool_calls:
        return message.tool_calls[0].function.arguments
    if not message.content:
        raise Unusable("it was empty")
    return message.content


def _answer(content: str) -> _Answer:
    try:
        answer = _Answer.model_validate(json.loads(_CODE_FENCE.sub("", content)))
    except (ValueError, RecursionError) as error:  # ValidationError and JSONDecodeError are ValueErrors
        raise Unusable("it was not in the form asked for") from error
    if not answer.reply.strip():
        raise Unusable("it was empty")
    return answer


def _reply(answer: _Answer, prompt: Prompt, *, model: str, usage: _Usage) -> Reply:
    fields = found_fields(answer.fields.model_dump(), prompt)
    ids = {passage.id for passage in prompt.passages}
    asked = answer.asks if answer.asks in LEAD_FIELDS and answer.asks not in {**prompt.known, **fields} else None
    return Reply(
        text=_bounded(answer.reply.strip(), prompt.max_characters),
        model=model,
        fields=fields,
        handoff=_bounded((answer.handoff_reason or "").strip(), _LONGEST_REASON),
        knows=answer.knows,
        used=tuple(dict.fromkeys(used for used in answer.used_passages if used in ids)),
        asks=asked,
        usage=Usage(usage.prompt_tokens, usage.completion_tokens),
    )


def found_fields(fields: Mapping[str, str | None], prompt: Prompt) -> dict[str, str]:
    """The fields that are valid and stand in the customer's unanswered words, normalised."""
    start = len(prompt.said) - prompt.unanswered
    text = "\n".join(said.text for said in prompt.said[start:] if said.voice is Voice.CUSTOMER)
    checked = {name: _checked(name, (fields.get(name) or "").strip(), text, prompt.region) for name in LEAD_FIELDS}
    return {name: value for name, value in checked.items() if value}


def _checked(name: str, value: str, text: str, region: str | None) -> str | None:
    if not value:
        return None
    if name == "email":
        email = normalise_email(value)
        return email if email and (email in text.lower() or _spoken(email, text)) else None
    if name == "phone":
        phone = normalise_phone(value, region)
        return phone if phone and _digits_stand_in(value, text) else None
    words = split(fold(value))
    return value if words and len(value) <= _LONGEST_FIELD and set(words) <= set(split(fold(text))) else None


def _spoken(email: str, text: str) -> bool:
    return any(hit.value == email for hit in find_emails(text))


def _digits_stand_in(phone: str, text: str) -> bool:
    """Whether one number in the text ends like this one: country codes and zeros are added and left away."""
    tail = re.sub(r"\D", "", phone)[-7:]
    written = (re.sub(r"\D", "", run) for run in re.findall(r"\+?\d[\d\s().\-/]*", text))
    return len(tail) >= 6 and any(run.endswith(tail) for run in written)


def _bounded(text: str, limit: int) -> str:
    """Cut at a word: half of £390 is another price."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    return (cut.rsplit(None, 1)[0] if " " in cut and text[limit - 1] != " " else cut).rstrip() + "…"
