"""A model that thinks for a minute, is overloaded, breaks off, answers nonsense or nothing."""

from dataclasses import replace

from sandbox.chaos import furnishing
from sandbox.chaos.faults.provider import SLACK_S, SLOWER
from sandbox.chaos.scene import Scene, percentile

#: What a conversation's customers write decides what the model does about it.
RULES = (
    {"when": "slow-model", "reply": "{echo}", "delay": 60.0},
    {"when": "busy-model", "reply": {"error": {"status": 429, "code": "rate_limit_exceeded", "message": "Slow down."}}},
    {"when": "broken-model", "reply": '{"reply": "cut o'},
    {"when": "empty-model", "reply": ""},
    {"when": "failing-model", "reply": {"error": {"status": 500, "message": "Oops."}}},
)
MARKS = tuple(str(rule["when"]) for rule in RULES)


def fails(scene: Scene) -> None:
    """F21: in one workspace the model fails in every way; in the other it does not, and nobody notices."""
    failing, other, calm = scene.lines[0], scene.lines[1], scene.lines[3]
    part = replace(scene.size, taken=0.0)
    before = scene.aside("calm", [calm], part)
    before.finish_writing()
    before.drain()
    scene.site.world.script_model(furnishing.script(*RULES))
    beside = scene.aside("beside", [other], part)
    scene.play(lines=[failing], words=marked)
    scene.finish_writing()
    beside.finish_writing()
    beside.drain()
    scene.drain(240)
    scene.site.world.script_model(furnishing.script())
    for one in (before, beside):
        scene.promise(one.count().kept, f"broken where the model worked, {one.name}: {one.count()}")
    usual, now = percentile(before.answered_after(), 95), percentile(beside.answered_after(), 95)
    scene.facts |= {"others_p95_s": round(now, 2), "others_p95_before_s": round(usual, 2)}
    scene.promise(now <= usual * SLOWER + SLACK_S, f"the other workspace's p95 went from {usual:.1f} to {now:.1f} s")
    spoken = {line.conversation.rpartition("/")[2] for line in scene.ledger()}
    silent = {one.person for one in scene.load.written} - spoken
    scene.promise(not silent, f"{len(silent)} customers whose model failed were told nothing")


def marked(tag: str) -> str:
    """What a customer writes whose model fails in one of the ways, by conversation."""
    return f"Do you have {tag} in size 42? {MARKS[int(tag.split('-')[2]) % len(MARKS)]}"
