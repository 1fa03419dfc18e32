"""One workspace against two hundred: what the relay's look costs while nothing is due, and turns per second."""

from typing import Any

from bench import turns
from bench.installation import Installation, cores, installation, lifted
from bench.intake import say

MANY = 200
TURNS = 400
ROUNDS = 3


def measure() -> tuple[dict[str, Any], bool]:
    """The figures, and whether they are sound: every customer got exactly one answer. Raises Failed.

    Turns of the two hundred are spread over all of them. `turns_ratio` is the worst of the rounds.
    """
    looks: dict[str, float] = {}
    with installation(1) as furnished:
        turns.play(furnished, furnished.series("warm-up", 60))
        looks["1"] = idle_look(furnished)
        one = play_rounds(furnished, "one")
        furnished.add_businesses(MANY - 1)
        say(f"{MANY} workspaces are there")
        turns.play(furnished, furnished.series("warm-up-many", 2 * MANY))
        looks[str(MANY)] = idle_look(furnished)
        many = play_rounds(furnished, "many")
    ratios = [m["per_s"] / o["per_s"] for o, m in zip(one, many, strict=True)]
    wrong = sum(said["lost"] + said["duplicated"] for said in (*one, *many))
    figures = {
        "idle_query_ms": looks,
        "turns_ratio": round(min(ratios), 3),
        "per_s": {
            "1": [round(said["per_s"], 1) for said in one],
            str(MANY): [round(said["per_s"], 1) for said in many],
        },
        "lost_or_duplicated": wrong,
        "turns": 2 * ROUNDS * TURNS,
        "limits": lifted(),
        "cores": cores(),
    }
    return figures, wrong == 0


def idle_look(furnished: Installation) -> float:
    """Milliseconds of one look of the relay, once nothing is due any more."""
    furnished.wait_until_done(60)
    return float(furnished.inside("look")["look_ms"])


def play_rounds(furnished: Installation, name: str) -> list[dict[str, Any]]:
    """The rounds, each by customers who wrote in none before."""
    rounds = []
    for number in range(ROUNDS):
        rounds.append(
            turns.play(furnished, furnished.series(f"{name}-{number}", TURNS, first_customer=1000 * (number + 1)))
        )
        say(f"{name}, round {number + 1} of {ROUNDS}: {rounds[-1]['per_s']:.1f}/s")
    return rounds
