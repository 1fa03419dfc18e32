"""What `bin/dev` runs: services, tables, the demo, the sandbox world and every process of the Procfile, until
one of them stops or a person presses Ctrl-C. Owns what a development checkout remembers of its last start.
"""

import argparse
import contextlib
import os
import sys
import time
import webbrowser
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from sandbox import memory
from sandbox.children import Failed
from sandbox.environment import for_processes
from sandbox.memory import CHECKOUT, HOST, LOCAL
from sandbox.processes import Processes, read_procfile, shell
from sandbox.services import Services, start
from sandbox.signals import STOPPING, stop_signals_raise

PORT = 8000
MEMORY = LOCAL / "dev.json"
# They need the processor for seconds; the page does not need them to open.
AFTER_WEB = ("relay", "worker-chat", "worker")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bin/dev", description="Run Leadline on this machine, demo included.")
    parser.add_argument("--port", type=int, help=f"where to listen (default: {PORT}, or the next free one)")
    parser.add_argument("--no-open", action="store_true", help="do not open a browser")
    options = parser.parse_args(arguments)
    stop_signals_raise(*STOPPING)
    try:
        serve(options.port, may_open=not options.no_open)
    except Failed as why:
        print(f"bin/dev: {why}", file=sys.stderr)
        return 1
    except SystemExit:
        say("stopped")
        raise
    return 0


def serve(wanted_port: int | None, *, may_open: bool) -> None:
    """Run until a signal raises SystemExit. Raises Failed when something cannot start, or stops by itself."""
    began = time.monotonic()
    own = own_settings()
    with contextlib.ExitStack() as running:
        with step("services"):
            services = start(LOCAL, environment=own)
            running.callback(services.stop)
        ports = choose_ports(wanted_port)
        environment = dev_environment(services, own, ports)
        processes = running.enter_context(Processes(environment, LOCAL / "logs", show=sys.stderr))
        procfile = read_procfile(CHECKOUT / "Procfile")
        world = environment["SANDBOX_WORLD_URL"]
        address = f"http://{HOST}:{ports['web']}"
        state = ["--state", str(LOCAL / "world.json")]
        processes.start("world", [sys.executable, "-m", "sandbox.world", "--port", ports["world"], *state])
        prepare(processes, services, procfile["release"], world=world, base=environment["BASE_URL"])
        with step("web"):
            processes.start("web", shell(procfile["web"]))
            processes.wait_ready("world", f"{world}/livez")
            processes.wait_ready("web", f"{address}/livez")
        say(f"ready in {time.monotonic() - began:.1f} s; Ctrl-C stops everything; logs are in .local/logs")
        print(f"\n  Leadline is at {address}/\n", flush=True)
        if may_open and has_display():
            webbrowser.open(address)
        for name in AFTER_WEB:
            processes.start(name, shell(procfile[name]))
        processes.watch(also=services.check)


def own_settings() -> dict[str, str]:
    """What the person set: the environment, and `.env` for what it leaves out."""
    kept = {name: value for name, value in dotenv_values(CHECKOUT / ".env").items() if value is not None}
    return {**kept, **os.environ}


def dev_environment(services: Services, own: Mapping[str, str], ports: Mapping[str, str]) -> dict[str, str]:
    environment = for_processes(
        services, base_url=f"http://{HOST}:{ports['web']}", world_url=f"http://{HOST}:{ports['world']}"
    )
    # A person's own settings win, but not over where things run.
    fixed = ("PATH", "HOST", "PORT", "SANDBOX_WORLD_URL", "PYTHONUNBUFFERED", "DATABASE_URL", "REDIS_URL")
    return {
        **environment,
        "LEADLINE_DEMO": "true",
        **own,
        **{name: environment[name] for name in fixed},
    }


def choose_ports(wanted: int | None) -> dict[str, str]:
    """The ports of web and world, those of the last time where they are free. Raises Failed."""
    before = known_ports()
    world = int(before["world"])
    ports = {
        "web": str(web_port(wanted, int(before["web"]))),
        "world": str(world if world and memory.is_free(world) else memory.free_port()),
    }
    if ports != before:
        memory.keep(MEMORY, ports)
    return ports


def known_ports() -> dict[str, str]:
    """The ports of the last time, else the usual one and 0."""
    return {"web": str(PORT), "world": "0", **memory.recall(MEMORY)}


def web_port(wanted: int | None, usual: int) -> int:
    if wanted is not None:
        if not memory.is_free(wanted):
            raise Failed(f"port {wanted} is taken: give another one with --port.")
        return wanted
    for port in range(usual, usual + 100):
        if memory.is_free(port):
            if port != usual:
                say(f"port {usual} is taken, using {port} (--port chooses another)")
            return port
    raise Failed(f"ports {usual} to {usual + 99} are taken: give a free one with --port.")


def prepare(processes: Processes, services: Services, release: str, *, world: str, base: str) -> None:
    """Tables and demo, where the migrations, the demo or the database changed since the last time."""
    stamps = LOCAL / "prepared.json"
    known = memory.recall(stamps)
    # An embedded database made anew has a new password. Another's database may be made anew at any time.
    database = urlsplit(services.database_url).password if services.postgres else str(time.time())
    tables = fingerprint([*CHECKOUT.glob("apps/*/migrations/*.py"), CHECKOUT / "requirements/base.txt"], database)
    demo = fingerprint(demo_files(), tables, world, base)
    if known.get("tables") != tables:
        with step("tables"):
            processes.run("release", shell(release))
        memory.keep(stamps, {"tables": tables})
    if known.get("demo") != demo:
        with step("demo"):
            processes.wait_ready("world", f"{world}/livez")
            seed = [sys.executable, "manage.py", "seed_demo", "--world", world, "--base", base]
            processes.run("seed", seed)
        memory.keep(stamps, {"tables": tables, "demo": demo})


def demo_files() -> list[Path]:
    """What the demo is made of: code, and the script of its week."""
    return [file for kind in ("py", "toml") for file in CHECKOUT.glob(f"sandbox/demo/**/*.{kind}")]


def fingerprint(files: Iterable[Path], *words: str | None) -> str:
    digest = sha256(repr(words).encode())
    for file in sorted(files):
        digest.update(str(file.relative_to(CHECKOUT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    say(f"{name:<9}{time.monotonic() - began:5.1f} s")


def say(text: str) -> None:
    """A line to the person; silent where the terminal has gone."""
    with contextlib.suppress(OSError):
        print(f"bin/dev: {text}", file=sys.stderr, flush=True)


def has_display() -> bool:
    return sys.platform == "darwin" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
