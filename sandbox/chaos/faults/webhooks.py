"""Webhooks that come five times at once, a week late, in disorder, or all within ten seconds."""

import time
from collections.abc import Mapping
from dataclasses import replace

from sandbox.chaos import evidence
from sandbox.chaos.customers import Load, post_of
from sandbox.chaos.firing import fire
from sandbox.chaos.meta import Answer, Meta
from sandbox.chaos.scene import Scene, percentile
from sandbox.chaos.waiting import CONVERSATIONS, total

TIMES = 5
#: States in the order in which a message may come into them; unknown ones and second tries aside.
RANKS: Mapping[str, int] = {"sent": 1, "delivered": 2, "read": 3}
HISTORY = """
SELECT m.key::text, array_agg(c.state ORDER BY c.id) FROM {schema}.conversations_statechange c
JOIN {schema}.conversations_message m ON m.id = c.message_id WHERE m.inbox_id = %s GROUP BY m.key
"""


def repeated(scene: Scene) -> None:
    """F15: each webhook five times at once; an album of a new contact in parallel; and everything a week later."""
    scene.play(change=five_times)
    scene.finish_writing()
    scene.drain()
    before = len(scene.ledger())
    Meta([replace(post, after=0.0) for post in scene.load.posts[::TIMES]], scene.seed).play()
    scene.drain()
    time.sleep(4.0)  # longer than the bot's quiet time and a turn
    again = len(scene.ledger()) - before
    scene.facts["answers_to_replay"] = again
    scene.promise(not again, f"{again} messages were sent because of a replay")
    people = {(one.number, one.person) for one in scene.load.written}
    there = total(scene.site, CONVERSATIONS, scene.load.lines)
    scene.promise(there == len(people), f"{len(people)} people, {there} conversations")


def five_times(load: Load) -> Load:
    """Each post five times at once, and the last conversation as an album: every message in a post of its own."""
    album = max(one.conversation for one in load.written)
    single = [post_of(load.line_of(one), [one], 1.0) for one in load.written if one.conversation == album]
    there = {wamid for post in single for wamid in post.wamids}
    by_wamid = {one.wamid: one for one in load.written}
    posts = []
    for post in load.posts:
        kept = [by_wamid[wamid] for wamid in post.wamids if wamid not in there]
        if kept or not post.wamids:
            posts.append(post if len(kept) == len(post.wamids) else post_of(load.line_of(kept[0]), kept, post.after))
    return replace(load, posts=tuple(post for post in (*single, *posts) for _ in range(TIMES)))


def disordered(scene: Scene) -> None:
    """F16: messages and statuses in disorder, statuses before the answer to the send."""
    world = scene.site.world
    for line in scene.lines:
        number = line.number.phone_number_id
        world.add_fault("reorder", number, seconds=2.0, seed=scene.seed)
        world.add_fault("slow_after", number, probability=0.5, seconds=1.5, seed=scene.seed)
    scene.play()
    scene.finish_writing()
    scene.drain()
    scene.settle()
    back = [
        key
        for line in scene.load.lines
        for key, states in evidence.read(scene.site, HISTORY, line)
        if goes_back(list(states))
    ]
    mixed = [line.text for line in scene.ledger() if not in_order(line.text)]
    scene.promise(not back, f"{len(back)} messages went back in their states")
    scene.promise(not mixed, f"the model saw messages in another order than they were written: {mixed[:3]}")


def goes_back(states: list[str]) -> bool:
    """Whether a later report was followed by an earlier one."""
    ranks = [RANKS[state] for state in states if state in RANKS]
    return ranks != sorted(ranks)


def in_order(text: str) -> bool:
    """Whether the questions that an answer names stand in the order in which they were asked."""
    places = [int(word.strip(".,:").rpartition("-")[2]) for word in text.split() if word.startswith("q-")]
    return places == sorted(places)


def burst(scene: Scene) -> None:
    """F24: everything within ten seconds. What is refused nevertheless is delivered again."""
    scene.prepare()
    posts = scene.load.posts
    done = fire(posts, per_second=len(posts) / scene.size.seconds, file=scene.site.crashes.with_name("burst"))
    refused = sum(count for status, count in done["statuses"].items() if not 200 <= int(status) < 300)
    if refused:
        scene.meta.play()  # nobody remembers which: a repeat is harmless
    else:
        scene.meta.answers = [Answer(post, 200, 0.0, time.time()) for post in posts]
    scene.finish_writing()
    scene.drain(300)
    scene.facts |= {
        "webhooks": len(posts),
        "burst_s": round(done["seconds"], 1),
        "non_2xx": refused,
        "p50_ms": round(percentile(done["latencies_ms"], 50)),
        "p99_ms": round(percentile(done["latencies_ms"], 99)),
    }
    scene.promise(not refused, f"{refused} webhooks of the burst were refused or not answered")
