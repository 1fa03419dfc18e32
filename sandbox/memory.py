"""What a checkout remembers between runs: small private JSON files, free ports, locks. Owns `.local/`."""

import contextlib
import fcntl
import json
import os
import random
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from sandbox.children import Failed

CHECKOUT = Path(__file__).resolve().parent.parent
LOCAL = CHECKOUT / ".local"
SERVICES = "services.json"  # ports and passwords of the embedded servers, where their data is
HOST = "127.0.0.1"
# Below the ranges from which Linux (32768) and macOS (49152) take the ports of outgoing connections, so that
# a remembered port is seldom in use by chance.
PORTS = range(20_000, 32_000)


def recall(path: Path) -> dict[str, str]:
    """The remembered values; empty when nothing was kept. Raises Failed when the file is not ours to read."""
    try:
        return {str(key): str(value) for key, value in json.loads(path.read_text()).items()}
    except FileNotFoundError:
        return {}
    except OSError as why:
        raise Failed(f"{path} cannot be read ({why.strerror}): run as the user who owns it.") from why
    except (ValueError, AttributeError) as why:
        raise Failed(f"{path} is damaged: remove {path.parent} to start anew.") from why


def keep(path: Path, values: Mapping[str, str]) -> None:
    """Replace the file in one step, readable by its owner alone. Raises Failed, so when the disk is full."""
    try:
        handle, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)  # 0600
        try:
            with os.fdopen(handle, "w") as file:
                json.dump(dict(values), file, indent=1)
            give_to_owner(Path(name))
            os.replace(name, path)
        except OSError:
            os.unlink(name)
            raise
    except OSError as why:
        raise Failed(f"{path} cannot be written: {why.strerror}.") from why


def make_directory(path: Path) -> None:
    """A directory for `.local`. Raises Failed when it cannot be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as why:
        raise Failed(f"{path} cannot be made ({why.strerror}): clone into a directory of your own.") from why
    for made in (path, *path.parents):
        if made == CHECKOUT or CHECKOUT not in made.parents:
            break
        give_to_owner(made)


def give_to_owner(path: Path) -> None:
    """Run by root in a person's checkout, what is kept belongs to that person, who may run it next."""
    owner = path.parent.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        os.chown(path, owner.st_uid, owner.st_gid)


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:`port` now."""
    with socket.socket() as probe:
        # As servers do: a connection of an earlier run that lingers in TIME_WAIT does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A random free port. Raises Failed when a hundred were taken."""
    for port in random.sample(PORTS, 100):
        if is_free(port):
            return port
    raise Failed(f"no free port between {PORTS.start} and {PORTS.stop}: stop some of what is running.")


def lock(path: Path) -> IO[str] | None:
    """Hold the lock of that file until the returned file is closed or this process ends; None when taken."""
    try:
        file = path.open("a")
        give_to_owner(path)
    except OSError as why:
        raise Failed(f"{path} cannot be written: {why.strerror}.") from why
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return file
    file.close()
    return None
