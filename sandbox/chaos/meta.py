"""Delivers webhooks as Meta does: on time, several at once, and again with growing pauses until answered 2xx."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx2

from sandbox.chaos.customers import Post
from sandbox.world import payloads

#: Meta's own time-out is longer; the product promises an answer within two seconds.
PATIENCE_S = 10.0
CONNECTIONS = 24
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 4.0
#: A webhook that was not taken after so long fails the run.
GIVES_UP_AFTER_S = 150.0


@dataclass(frozen=True)
class Answer:
    """One attempt to deliver a post. `status` 0: no answer."""

    post: Post
    status: int
    seconds: float
    at: float  # Unix seconds, of the answer


class Meta:
    """One load's deliveries; `play` returns when all have been taken or given up."""

    def __init__(self, posts: Sequence[Post], seed: int) -> None:
        self.posts = posts
        self.answers: list[Answer] = []
        self.chance = random.Random(seed)  # noqa: S311  # spreads redeliveries, guards nothing
        self.began = 0.0

    def play(self) -> None:
        """Delivers everything."""
        asyncio.run(self._play())

    def accepted(self) -> dict[str, float]:
        """The messages that were answered 2xx, and when first."""
        found: dict[str, float] = {}
        for answer in self.answers:
            if 200 <= answer.status < 300:
                for wamid in answer.post.wamids:
                    found[wamid] = min(found.get(wamid, answer.at), answer.at)
        return found

    async def _play(self) -> None:
        self.began = time.monotonic()
        limits = httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        async with httpx2.AsyncClient(limits=limits, timeout=PATIENCE_S, trust_env=False) as client:
            await asyncio.gather(*(self._deliver(client, post) for post in self.posts))

    async def _deliver(self, client: httpx2.AsyncClient, post: Post) -> None:
        await asyncio.sleep(max(0.0, self.began + post.after - time.monotonic()))
        pause, until = FIRST_PAUSE_S, time.monotonic() + GIVES_UP_AFTER_S
        while time.monotonic() < until:
            began = time.monotonic()
            status = await self._attempt(client, post)
            self.answers.append(Answer(post, status, time.monotonic() - began, time.time()))
            if 200 <= status < 300:
                return
            await asyncio.sleep(pause * self.chance.uniform(0.8, 1.2))
            pause = min(pause * 2, LONGEST_PAUSE_S)

    async def _attempt(self, client: httpx2.AsyncClient, post: Post) -> int:
        headers = payloads.signed_headers(post.body, post.secret)
        try:
            async with asyncio.timeout(PATIENCE_S):
                answer = await client.post(post.url, content=post.body, headers=headers)
        except (httpx2.HTTPError, TimeoutError):
            return 0
        return int(answer.status_code)
