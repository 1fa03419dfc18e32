"""Where two chunks of a bot's knowledge state different prices, hours or phone numbers of one thing."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from apps.bots.models import Bot
from apps.knowledge.models import Fact

#: So many are told of at once; an owner who has put these right is told of the others.
MOST = 50


@dataclass(frozen=True)
class Statement:
    """What one chunk says, and where."""

    value: str
    said: str
    source: int
    title: str
    chunk: int
    address: str


@dataclass(frozen=True)
class Contradiction:
    """A thing of which different values are stated. `kind` is a Fact.Kind."""

    kind: Fact.Kind
    thing: str
    statements: tuple[Statement, ...]


def contradictions(bot: Bot) -> list[Contradiction]:
    """At most MOST, by kind and thing; of each value the first chunk that states it."""
    facts = Fact.objects.filter(chunk__source__bot=bot)
    things = facts.values("kind", "thing").annotate(values=Count("value", distinct=True)).filter(values__gt=1)
    wanted = {(one["kind"], one["thing"]) for one in things.order_by("kind", "thing")[: 4 * MOST]}
    by_thing: defaultdict[tuple[str, str], dict[str, Fact]] = defaultdict(dict)
    for fact in _with_places(facts.filter(thing__in={thing for _, thing in wanted})):
        if (fact.kind, fact.thing) in wanted:
            by_thing[fact.kind, fact.thing].setdefault(fact.value, fact)
    found = [_one(kind, thing, list(stated.values())) for (kind, thing), stated in sorted(by_thing.items())]
    return _days_together([one for one in found if one])[:MOST]


def _with_places(facts: QuerySet[Fact]) -> QuerySet[Fact]:
    return (
        facts.select_related("chunk__source", "chunk__page")
        .defer("chunk__embedding", "chunk__words", "chunk__text", "chunk__source__text", "chunk__source__robots")
        .order_by("chunk_id", "pk")
    )


def _one(kind: str, thing: str, facts: list[Fact]) -> Contradiction | None:
    """None when they differ only in that some name no currency, or stand in one chunk."""
    if kind == Fact.Kind.PRICE:
        facts = _told_apart(facts)
    if len(facts) < 2 or len({fact.chunk_id for fact in facts}) < 2:
        return None
    return Contradiction(Fact.Kind(kind), thing, tuple(map(_statement, facts)))


def _told_apart(facts: list[Fact]) -> list[Fact]:
    """Of `2.50` and `2.50 EUR` the one with the currency; what is in other currencies is no contradiction."""
    amounts = {fact.value.partition(" ")[0] for fact in facts if " " in fact.value}
    told = [fact for fact in facts if " " in fact.value or fact.value not in amounts]
    currencies = {fact.value.partition(" ")[2] for fact in told} - {""}
    by_currency = [[fact for fact in told if fact.value.partition(" ")[2] in ("", one)] for one in currencies or {""}]
    return max(by_currency, key=len, default=[])


def _statement(fact: Fact) -> Statement:
    source = fact.chunk.source
    return Statement(fact.value, fact.said, source.pk, source.title, fact.chunk_id, fact.chunk.address)


def _days_together(found: list[Contradiction]) -> list[Contradiction]:
    """Hours that differ on several days by the same two lines are told once."""
    seen: set[tuple[str, ...]] = set()
    kept = []
    for one in found:
        lines = tuple(sorted(statement.said for statement in one.statements))
        if one.kind != Fact.Kind.HOURS or lines not in seen:
            kept.append(one)
            seen.add(lines)
    return kept
