"""Posts a whole load within seconds, from a process of its own: `python -m sandbox.chaos.firing FILE URL PER_SECOND`.

The file holds the bodies, each as a line of JSON with its secret. Prints one JSON line with how each was answered.
"""

import asyncio
import gc
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import deliveries, load
from sandbox.chaos.customers import Post
from sandbox.children import Failed
from sandbox.memory import CHECKOUT

CONNECTIONS = 64


def fire(posts: Sequence[Post], *, per_second: float, file: Path) -> dict[str, Any]:
    """Posts them all, at this pace: statuses and how many of each, milliseconds of every request. Raises Failed."""
    lines = [json.dumps([post.url, post.secret, post.body.decode()]) for post in posts]
    file.write_text("\n".join(lines))
    done = subprocess.run(  # noqa: S603  # our own command line
        [sys.executable, "-m", "sandbox.chaos.firing", str(file), str(per_second)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise Failed(f"the burst could not be sent:\n{done.stderr[-800:]}")
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def main(arguments: list[str]) -> int:
    """Everything is made ready before the clock starts."""
    file, per_second = arguments
    posts = [json.loads(line) for line in Path(file).read_text().splitlines()]
    to = urlsplit(posts[0][0])
    requests = [deliveries.request(to.netloc, urlsplit(url).path, secret, body.encode()) for url, secret, body in posts]
    gc.disable()
    done = asyncio.run(load.send(to.hostname or "", to.port or 80, requests, CONNECTIONS, float(per_second)))
    print(json.dumps({"seconds": done.seconds, "statuses": done.statuses, "latencies_ms": done.latencies_ms}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
