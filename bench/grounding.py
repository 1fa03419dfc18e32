"""Whether a value that stands nowhere ever leaves, and how often a right reply is held back.

A made-up business with an article for each customer; a model that answers half of them with planted wrong values, twice
if it is asked again; the whole path from the webhook to the vendor's ledger.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from apps.assistant.grounding.gate import Evidence, check
from apps.assistant.grounding.reading import read
from apps.assistant.grounding.values import Locale
from bench.installation import FIRST_NUMBER, Installation, cores, installation, lifted
from bench.intake import percentile, say
from bench.replies import Case, cases

COUNT = 200  # of each
SEED = 1
SECONDS = 600.0
FALLBACK = "I would rather ask a colleague about that."
#: Articles that a turn is told beside its own, for the time that the gate takes.
BESIDE = 4


def measure(seed: int = SEED) -> tuple[dict[str, Any], bool]:
    """The figures, and whether they are sound: every customer got exactly one answer, a known one. Raises Failed."""
    made = cases(seed, COUNT)
    with installation(1) as furnished:
        (schema,) = furnished.schemas
        furnished.inside("articles", schema, seed, COUNT, FALLBACK)
        say(f"the bot knows {len(made)} articles")
        furnished.answer([rule for case in made for rule in _rules(case)])
        for place, case in enumerate(made):
            furnished.running.world.say(_phone(place), FIRST_NUMBER, case.question, name="Maya")
        furnished.wait_until_done(SECONDS)
        heard = _heard(furnished)
    return figures(made, [heard.get(_phone(place), []) for place in range(len(made))], seed)


def figures(made: Sequence[Case], heard: Sequence[Sequence[str]], seed: int) -> tuple[dict[str, Any], bool]:
    """What came of each case, counted; `heard` are the texts that each customer was sent."""
    became = [_became(case, texts) for case, texts in zip(made, heard, strict=True)]
    of = Counter((case.planted, what) for case, what in zip(made, became, strict=True))
    kinds = {kind: _counted(made, became, kind) for kind in dict.fromkeys(case.kind for case in made)}
    right = sum(not case.planted for case in made)
    sent = sum(row["sent"] for row in kinds.values())
    blocked = sum(row["blocked"] for row in kinds.values())
    found = {
        "planted": sum(case.planted for case in made),
        "sent": sent,
        "false_block_rate": round(blocked / right, 4),
        "right": right,
        "blocked": blocked,
        "mended": of[True, "right"],
        "fallbacks": of[True, "fallback"],
        "by_kind": kinds,
        "gate_ms": gate_ms(made),
        "seed": seed,
        "limits": lifted(),
        "cores": cores(),
    }
    lost = of[True, "lost"] + of[False, "lost"] + of[False, "wrong"]
    if lost:
        say(f"{lost} customers got no answer, several, or one that nobody wrote: these figures mean nothing.")
    return found, lost == 0


def gate_ms(made: Sequence[Case]) -> dict[str, float]:
    """Milliseconds of computing of one look, with five articles of which all, or only the reply, is new."""
    new, known = [], []
    for place, case in enumerate(made):
        told = [Evidence(other.article) for other in made[place : place + 1 + BESIDE]]
        read.cache_clear()
        new.append(_took(case.first, told))
        known.append(_took(f"{case.first} ", told))
    return {
        "p50": round(percentile(known, 50), 3),
        "p95": round(percentile(known, 95), 3),
        "first_p50": round(percentile(new, 50), 3),
        "first_p95": round(percentile(new, 95), 3),
    }


def _took(reply: str, told: Sequence[Evidence]) -> float:
    began = time.thread_time()
    check(reply, told, locale=Locale(month_first=False, calling_code="44"))
    return (time.thread_time() - began) * 1000


def _rules(case: Case) -> list[Mapping[str, Any]]:
    answers = [{"reply": text, "knows": True} for text in (case.first, case.second)]
    return [{"when": case.name, "reply": answers[0], "times": 1}, {"when": case.name, "reply": answers[1]}]


def _phone(place: int) -> str:
    return f"447700{900_000 + place}"


def _heard(furnished: Installation) -> dict[str, list[str]]:
    heard: dict[str, list[str]] = {}
    for line in furnished.running.world.ledger():
        heard.setdefault(line.to, []).append(line.text)
    return heard


def _became(case: Case, texts: Sequence[str]) -> str:
    """`right`, `fallback`, `wrong`, or `lost` when it is none or not one."""
    if len(texts) != 1:
        return "lost"
    (text,) = texts
    if text == FALLBACK:
        return "fallback"
    if not case.planted:
        return "right" if text == case.first else "lost"
    return "right" if case.mended and text == case.second else "wrong"


def _counted(made: Sequence[Case], became: Sequence[str], kind: str) -> dict[str, int]:
    mine = [(case, what) for case, what in zip(made, became, strict=True) if case.kind == kind]
    return {
        "planted": sum(case.planted for case, _ in mine),
        "sent": sum(case.planted and what == "wrong" for case, what in mine),
        "right": sum(not case.planted for case, _ in mine),
        "blocked": sum(not case.planted and what == "fallback" for case, what in mine),
    }
