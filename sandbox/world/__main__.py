"""`python -m sandbox.world --port N [--state FILE]`: run the sandbox world until it is told to stop.

Owns the process: one worker, because the world is in its memory, and an end within a second.
"""

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
from pathlib import Path

from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.applications import Starlette

from sandbox.world import saved
from sandbox.world.app import build
from sandbox.world.state import close

HOST = "127.0.0.1"
STOP_WITHIN = 0.6  # seconds; the server waits for open requests, we do not wait longer for it


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.world", description="The outside world in a box.")
    parser.add_argument("--port", type=int, default=8700, help="port on 127.0.0.1 (default 8700)")
    parser.add_argument("--state", type=Path, help="file in which numbers, people and chats are kept")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(message)s")
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    if problem := port_problem(options.port):
        sys.exit(problem)
    app = build(options.state)
    asyncio.run(serve(app, options.port, options.state))


def port_problem(port: int) -> str:
    """Why the port cannot be used, in one line, or ""."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, port))
        except OSError as error:
            return f"Port {port} on {HOST} cannot be used ({error.strerror}); choose another with --port."
    return ""


async def serve(app: Starlette, port: int, state_file: Path | None) -> None:
    """Serve on loopback until SIGTERM or SIGINT. Open streams and hanging requests are cut off."""
    server = Server(
        app,
        address=HOST,
        port=port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_enabled=False,
        backlog=1024,
    )
    loop = asyncio.get_running_loop()

    def stop() -> None:
        close(app.state.world)
        server.stop()  # type: ignore[no-untyped-call]  # granian has no annotations here
        loop.call_later(STOP_WITHIN, leave)

    def leave() -> None:
        if state_file is not None:
            saved.save(app.state.world, state_file)
        os._exit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    print(f"The sandbox world is on http://{HOST}:{port}/", file=sys.stderr, flush=True)
    await server.serve()
    leave()  # the loop would cancel what still hangs, at which the server's own threads panic


if __name__ == "__main__":
    main()
