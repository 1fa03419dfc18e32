"""Postgres refuses to run as root. Owns whom root hands it to, and places that this user can reach.

Everything stays in the checkout unless a directory above is closed to that user (a clone under /root, 0700):
then the binaries are copied, and the data kept, below ELSEWHERE.
"""

import os
import pwd
import shutil
import stat
import tempfile
from hashlib import sha256
from pathlib import Path

from sandbox.children import Failed, User

ELSEWHERE = Path("/var/tmp/leadline")  # noqa: S108  # nosec B108  # kept over reboots; made and checked by `elsewhere`


def server_user(directory: Path) -> User | None:
    """None for a normal user. For root: the owner of the directory, or nobody where root owns it."""
    if os.geteuid() != 0:
        return None
    owner = directory.stat().st_uid
    try:
        entry = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    except KeyError as why:
        raise Failed("Postgres refuses root and there is no user nobody: run as a normal user.") from why
    return User(entry.pw_uid, entry.pw_gid)


def can_enter(path: Path, user: User) -> bool:
    """Whether the user may pass through every directory down to `path`, and read and search the last."""
    whole = path.resolve()
    return all(allows(above, user, 0o1) for above in whole.parents) and allows(whole, user, 0o5)


def allows(path: Path, user: User, bits: int) -> bool:
    found = path.stat()
    if found.st_uid == user.uid:
        bits <<= 6
    elif found.st_gid == user.gid:
        bits <<= 3
    return found.st_mode & bits == bits


def elsewhere() -> Path:
    """The directory outside the checkout, made by root, writable by root alone. Raises Failed otherwise."""
    ELSEWHERE.mkdir(mode=0o755, exist_ok=True)
    found = ELSEWHERE.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
        raise Failed(f"{ELSEWHERE} was not made by root: remove it, or clone where others can enter.")
    ELSEWHERE.chmod(0o755)
    return ELSEWHERE


def data_home(directory: Path, user: User | None) -> Path:
    """Where that user's servers keep their data: `directory`, else its place elsewhere.

    Data that was made stays where it is, whatever became of the permissions since.
    """
    if user is None or (directory / "postgres").exists():
        return directory
    home = place_elsewhere(directory)
    if not home.exists():
        if all(allows(above, user, 0o1) for above in (directory, *directory.parents)):
            return directory
        elsewhere()
        home.mkdir(mode=0o755)
        home.chmod(0o755)
    return home


def place_elsewhere(directory: Path) -> Path:
    """The place that belongs to this directory alone, whether it is used or not."""
    return ELSEWHERE / f"data-{sha256(os.fsencode(directory.resolve())).hexdigest()[:16]}"


def readable_copy(parts: dict[str, Path], name: str, user: User | None) -> Path | None:
    """A copy of the given trees, side by side below `elsewhere()/name`; None when the user can read them.

    The name carries their version, so every checkout on the machine shares one copy.
    """
    if user is None or all(can_enter(part, user) for part in parts.values()):
        return None
    copy = elsewhere() / name
    if not copy.exists():
        making = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=copy.parent))
        for below, part in parts.items():
            shutil.copytree(part, making / below, symlinks=True)
        open_for_reading(making)
        try:
            making.rename(copy)
        except OSError:
            # Another start was quicker.
            shutil.rmtree(making)
    return copy


def open_for_reading(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
