"""Takes what an owner gives into a bot's knowledge, has it read, and takes it out again."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from apps.bots.models import Bot
from apps.bots.services import llm_of
from apps.core import audit
from apps.knowledge import copying, files, running
from apps.knowledge.addresses import readable_address
from apps.knowledge.models import Source
from apps.knowledge.products import NoProducts, decoded, products_of
from apps.knowledge.questions import NoPairs, Pair, pairs_of, written
from apps.knowledge.sites import host_of
from apps.work.services import make_due

INDEX = "knowledge.index"
#: Characters of one text.
MOST = 200_000
#: Pages of a website, links away from its beginning, and how often it may be read by itself.
MOST_PAGES = 500
MOST_DEPTH = 10
EVERY_HOURS = (0, 24, 168, 720)

Kind = Source.Kind


def add_text(bot: Bot, *, title: str, text: str, language: str | None = None) -> Source:
    """A new source of the bot; it is found once it has been indexed, which is made due here.

    `language` is a two-letter code, the bot's own when left out. Raises ValidationError for an empty or
    overlong text, or a missing title.
    """
    title, text = _titled(title), _clean(text)
    if not text:
        raise ValidationError(f"“{title}” is empty. Paste the text that the bot should know.")
    if len(text) > MOST:
        raise ValidationError(
            f"“{title}” has {len(text):,} characters, and a text may have {MOST:,}. Split it into several."
        )
    return _add(bot, Kind.TEXT, title, language, text=text)


def add_questions(bot: Bot, *, title: str, pairs: str | list[Pair], language: str | None = None) -> Source:
    """Questions with their answers, as pairs or as `questions.pairs_of` reads them. Raises ValidationError."""
    title = _titled(title)
    try:
        found = pairs_of(_clean(pairs if isinstance(pairs, str) else written(pairs)))
    except NoPairs as error:
        raise ValidationError(str(error)) from error
    if not found:
        raise ValidationError(f"“{title}” has no questions. Write a question, and its answer below it.")
    return _add(bot, Kind.QUESTIONS, title, language, text=written(found))


def add_products(bot: Bot, *, title: str, data: bytes, file_name: str = "", language: str | None = None) -> Source:
    """A list of products, as the bytes of a CSV file. Raises ValidationError."""
    title = _titled(title)
    try:
        text = _clean(decoded(data))
        products_of(text)
    except NoProducts as error:
        raise ValidationError(str(error)) from error
    return _add(bot, Kind.PRODUCTS, title, language, text=text, file_name=_clean(file_name)[-200:])


def add_file(bot: Bot, *, title: str, name: str, data: bytes, language: str | None = None) -> Source:
    """An uploaded PDF or Word file. Raises ValidationError, and OSError when it cannot be stored."""
    title, name = _titled(title or name), _clean(name)
    try:
        stored = files.keep(name, data)
    except files.NoDocument as error:
        raise ValidationError(str(error)) from error
    try:
        return _add(bot, Kind.FILE, title, language, file=stored, file_name=name[-200:])
    except BaseException:
        files.forget(stored)
        raise


def add_website(
    bot: Bot,
    *,
    address: str,
    title: str = "",
    most_pages: int = 200,
    most_depth: int = 4,
    every_hours: int = 0,
    language: str | None = None,
) -> Source:
    """A website, read from this address or this sitemap on. Raises ValidationError."""
    address = readable_address(address)
    limits = {"most_pages": most_pages, "most_depth": most_depth, "every_hours": every_hours}
    if not (1 <= most_pages <= MOST_PAGES and 0 <= most_depth <= MOST_DEPTH and every_hours in EVERY_HOURS):
        raise ValidationError(f"A website may have up to {MOST_PAGES} pages and {MOST_DEPTH} links from its start.")
    return _add(bot, Kind.WEBSITE, _titled(title or host_of(address)), language, address=address, **limits)


def index(source: Source) -> Source:
    """Reads all of the source at once, in place of what was known of it. Repeating it is harmless.

    Raises LLMError after noting its text on the source; what was known stays as it was.
    """
    if not source.is_under_way:
        Source.objects.filter(pk=source.pk).update(state=Source.State.QUEUED)
    while read_on(source.pk) is not None:
        if not Source.objects.filter(pk=source.pk, state=Source.State.READING).exists():
            break
    if Source.objects.filter(pk=source.pk).exists():
        source.refresh_from_db()
    return source


def read_on(pk: int) -> float | None:
    """Reads the source's next pages, if it is to be read; see `running.step`. Raises LLMError."""
    return running.step(pk, llm_of)


def remove(source: Source) -> None:
    """Takes the source out of the bot's knowledge: pages, chunks and the uploaded file."""
    with transaction.atomic():
        gone, _by_model = Source.objects.filter(pk=source.pk).delete()
        if gone:
            files.forget_all([source.file])
            removed: audit.Changes = {"bot": [source.bot.name, ""], "characters": [len(source.text), 0]}
            audit.record("knowledge.removed", source, name=source.title, changes=removed)


def read_again(source: Source) -> None:
    """Somebody wants a source to be read once more, such as one that failed, or a website that has changed."""
    with transaction.atomic():
        index_again(Source.objects.filter(pk=source.pk))
        audit.record("knowledge.read_again", source, name=source.title)


def stop(source: Source) -> bool:
    """What is read of the source so far stays, and no more is read of it. False when it was not being read."""
    under_way = [Source.State.QUEUED, Source.State.READING]
    with transaction.atomic():
        stopped = Source.objects.filter(pk=source.pk, state__in=under_way).update(
            state=Source.State.STOPPED, next_at=None
        )
        if stopped:
            audit.record("knowledge.stopped", source, name=source.title)
    return bool(stopped)


def index_again(sources: QuerySet[Source]) -> None:
    """Makes these sources due to be indexed anew; until then what they had stays findable."""
    with transaction.atomic():
        for pk in list(sources.values_list("pk", flat=True)):
            Source.objects.filter(pk=pk).update(state=Source.State.QUEUED, error="", next_at=None)
            make_due(INDEX, pk)


def copy_all(bot_id: int, copy_id: int) -> None:
    """Gives the copy of a bot all that the bot knows, chunks included: nothing is embedded a second time."""
    with transaction.atomic():
        for source in copying.copy_all(bot_id, copy_id):
            if source.is_under_way or source.next_at:
                make_due(INDEX, source.pk, at=source.next_at)


def forget_files(bot_id: int) -> None:
    """The bot is being deleted: its uploaded files go too."""
    files.forget_all(list(Source.objects.filter(bot=bot_id).exclude(file="").values_list("file", flat=True)))


def _add(bot: Bot, kind: Source.Kind, title: str, language: str | None, **given: Any) -> Source:
    with transaction.atomic():
        source = Source.objects.create(
            bot=bot, kind=kind, title=title, language=(language or bot.language)[:8], **given
        )
        make_due(INDEX, source.pk)
        added: dict[str, list[Any]] = {"bot": ["", bot.name], "characters": [0, len(source.text)]}
        if kind != Kind.TEXT:
            added["kind"] = ["", kind.value]
        if where := source.address or source.file_name:
            added["address"] = ["", where]
        audit.record("knowledge.added", source, name=title, changes=added)
    return source


def _titled(title: str) -> str:
    title = _clean(title)[:200]
    if not title:
        raise ValidationError("The text has no title. Give it one, so that people can tell it from others.")
    return title


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()
