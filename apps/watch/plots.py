"""Graphs as numbers for a template's SVG: a plane of 720 by 160 that is stretched to whatever width there is."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise

WIDTH, HEIGHT = 720, 160
#: Time that one place of a graph stands for.
STEP = timedelta(minutes=30)
#: Places of a day.
PLACES = 48
Words = str | Promise


@dataclass(frozen=True)
class Bar:
    """A rectangle; `tone` is a class of the style sheet, `title` what it stands for."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    title: str


@dataclass(frozen=True)
class Line:
    """Points of one or more polylines, each as `x,y x,y`; a gap begins a new one."""

    tone: str
    name: Words
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Plot:
    """A graph. Without anything to show `empty` says so. `top` and `ticks` are its axes' words."""

    title: Words
    note: Words
    empty: Words
    top: str = ""
    ticks: tuple[str, ...] = ()
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.bars and not any(line.parts for line in self.lines)


Series = Mapping[int, float]  # value by place
Said = Callable[[float], str]


def place_of(at: datetime, now: datetime) -> int:
    """In which half hour of the day up to now it was; negative when before."""
    return PLACES - 1 - int((now - at) / STEP)


def round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20 … ; 1 for nothing."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * step for step in (1, 2, 5, 10) if power * step >= value * 0.999)


def seconds(value: float) -> str:
    """A duration as people read it."""
    if value < 1:
        return f"{value * 1000:.0f} ms"
    if value < 120:
        places = 1 if value < 10 else 0
        return f"{number_format(round(value, places), places)} s"  # by itself it only cuts off
    return f"{value / 60:.0f} min" if value < 7200 else f"{value / 3600:.0f} h"


def count(value: float) -> str:
    """A number with the grouping of the reader's language."""
    return number_format(value, 0, force_grouping=True)


def ticks(now: datetime) -> tuple[str, ...]:
    """Clock times along a day, the first and last at its ends."""
    return tuple(_clock(now - timedelta(hours=hours)) for hours in (24, 18, 12, 6, 0))


def bars(values: Series, top: float, *, tone: str, now: datetime, said: Said = count) -> tuple[Bar, ...]:
    """One per place that has a value, on the ground."""
    wide = WIDTH / PLACES
    return tuple(
        Bar(
            round(place * wide + wide * 0.12, 1),
            round(HEIGHT - _height(value, top), 1),
            round(wide * 0.76, 1),
            round(_height(value, top), 1),
            tone,
            f"{_clock(now - STEP * (PLACES - place))}: {said(value)}",
        )
        for place, value in sorted(values.items())
        if value
    )


def line(values: Series, top: float, *, tone: str, name: Words) -> Line:
    """Through the middle of each place; broken where there is no value."""
    wide = WIDTH / PLACES
    parts: list[list[str]] = []
    before = None
    for place, value in sorted(values.items()):
        if before is None or place != before + 1:
            parts.append([])
        parts[-1].append(f"{place * wide + wide / 2:.1f},{HEIGHT - _height(value, top):.1f}")
        before = place
    return Line(tone, name, tuple(" ".join(_stretched(part)) for part in parts))


def _stretched(points: Sequence[str]) -> Sequence[str]:
    """A single point becomes a short stroke, which a line needs to be seen."""
    if len(points) > 1:
        return points
    x, y = points[0].split(",")
    return [f"{float(x) - 5:.1f},{y}", f"{float(x) + 5:.1f},{y}"]


def _height(value: float, top: float) -> float:
    """Never so small that it is not seen, never out of the plane."""
    return min(max(value / top * HEIGHT, 2.0), HEIGHT) if value else 0.0


def _clock(at: datetime) -> str:
    return date_format(timezone.localtime(at), "H:i")
