"""What is no webhook, or a strange one: garbage, bombs, wrong types, text at the edges of Unicode, floods, loops."""

import gzip
import json
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx2

from sandbox.chaos import furnishing
from sandbox.chaos.customers import Size
from sandbox.chaos.furnishing import Line
from sandbox.chaos.records import Expected
from sandbox.chaos.scene import Scene
from sandbox.chaos.waiting import TURNS, total
from sandbox.world import payloads

UNSIGNED = frozenset({400, 401, 403, 413})
SIGNED = frozenset({200, 400, 413})
#: How much a bot says of its own accord to one who never stops, in any minute.
TURNS_A_MINUTE = 10
#: Two bots have stopped when ours is silent for so many seconds, and have not after so many answers of ours.
SILENT_S, LOOP_TURNS = 30.0, 30
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
STRANGE = (
    "nul \x00 inside",
    "half \ud83d an emoji",
    "right \u202eto left\u202c",
    f"family {FAMILY}",
    "combining e\u0301\u0300\u0302 marks",
    "tag \U000e0041\U000e0042 characters",
    "\ufeff bom and \u2028 separators \u2029",
    "<script>alert(1)</script> '; DROP TABLE x; -- {{ 7*7 }} %s %(x)s",
    "long " + FAMILY * 9_000,
)


def garbage(scene: Scene) -> None:
    """F22: bodies that are no webhooks, signed and unsigned, between those that are. Never a 5xx."""
    scene.play()
    line, draw = scene.lines[0], random.Random(scene.seed)  # noqa: S311  # repeatable on purpose
    answers: dict[str, list[int]] = {"signed": [], "unsigned": []}
    with httpx2.Client(timeout=20, trust_env=False) as client:
        for body in bodies(draw):
            for kind, secret in (("signed", line.number.app_secret), ("unsigned", "of-somebody-else")):
                headers = payloads.signed_headers(body, secret)
                answers[kind].append(client.post(line.number.webhook_url, content=body, headers=headers).status_code)
    scene.finish_writing()
    scene.drain()
    scene.facts["statuses"] = {kind: sorted(set(statuses)) for kind, statuses in answers.items()}
    scene.promise(
        set(answers["unsigned"]) <= UNSIGNED, f"unsigned rubbish was answered {sorted(set(answers['unsigned']))}"
    )
    scene.promise(set(answers["signed"]) <= SIGNED, f"signed rubbish was answered {sorted(set(answers['signed']))}")


def bodies(draw: random.Random) -> Iterator[bytes]:
    """Things that were posted to webhooks."""
    yield from (b"", b"{", b"null", b"[]", b"3", b'"text"', b"\xff\xfe\x00", b"<xml/>", b"a=b&c=d")
    yield b"[" * 10_000 + b"]" * 10_000
    yield b'{"entry":' * 5_000 + b"0" + b"}" * 5_000
    yield gzip.compress(b"0" * 10_000_000)
    yield b'{"x": "' + b"y" * 5_000_000 + b'"}'
    odd: list[Any] = [None, 3, "x", {}, [3], [{"changes": 3}], [{"changes": [{"value": []}]}], [{"changes": [{}]}]]
    for entry in odd:
        yield json.dumps({"object": "whatsapp_business_account", "entry": entry}).encode()
    for _ in range(20):
        yield draw.randbytes(draw.randint(1, 2_000))


def strange_text(scene: Scene) -> None:
    """F23: text at the edges of Unicode, both ways, and answers longer than a message may be."""
    long = {"reply": "{echo} " + FAMILY * 2_000, "knows": True, "asks": None, "handoff_reason": None}
    rule = {"when": f"q-{scene.name}-.*long ", "reply": long, "echo": furnishing.TAG}
    scene.site.world.script_model(furnishing.script(rule))
    scene.play(words=strangely)
    scene.finish_writing()
    scene.drain()
    scene.site.world.script_model(furnishing.script())
    refused = [tried.outcome for tried in scene.tried() if not tried.accepted]
    torn = [line for line in scene.ledger() if line.text[:1] in ("\u200d", "\u0301")]
    scene.promise(not refused, f"the provider refused {len(refused)} of the sends: {sorted(set(refused))}")
    scene.promise(not torn, f"{len(torn)} messages begin in the middle of a character")


def strangely(tag: str) -> str:
    """A question with something strange about it, by its place."""
    _, _, conversation, place = tag.split("-")
    return f"Do you have {tag} {STRANGE[(int(conversation) + int(place)) % len(STRANGE)]}"


def flood(scene: Scene) -> None:
    """F25: one customer writes 500 messages a minute, another is a bot that answers at once; others are served."""
    flooded, others, looped = scene.lines
    seconds = scene.size.seconds
    one = Size(1, round(500 * seconds / 60), seconds, duplicates=0.0, most_in_post=1, taken=0.0)
    flooding = scene.aside("flood", [flooded], one, expected=Expected(answers=False))
    robot = threading.Thread(target=answer_at_once, args=(scene, looped), daemon=True)
    robot.start()
    scene.play(lines=[others])
    scene.finish_writing()
    flooding.finish_writing()
    flooding.drain()
    scene.drain()
    robot.join()
    counts, turns = flooding.count(), total(scene.site, TURNS, [flooded])
    minutes = max(1.0, (seconds + flooding.facts["drain_s"]) / 60)
    scene.facts["flood_turns"] = turns
    scene.promise(counts.kept, f"broken where it was flooded: {counts}")
    scene.promise(turns <= TURNS_A_MINUTE * minutes, f"{turns} turns in {minutes:.1f} minutes of flood")
    scene.promise(scene.facts["loop_turns"] < LOOP_TURNS, "two bots went on talking to each other")


def answer_at_once(scene: Scene, line: Line) -> None:
    """The other bot: says something whenever ours does, until ours falls silent or it has gone on for too long."""
    first = scene.another(line, 1, 0)
    scene.deliver(line, [first])
    said, heard_at = 0, time.monotonic()
    while time.monotonic() - heard_at < SILENT_S and said < LOOP_TURNS:
        time.sleep(0.3)
        heard = sum(1 for one in scene.ledger([line]) if one.conversation.endswith(first.person))
        if heard > said:
            said, heard_at = heard, time.monotonic()
            scene.deliver(line, [replace(scene.another(line, 1, said), text="Thank you for your message. Goodbye.")])
    scene.facts["loop_turns"] = said
