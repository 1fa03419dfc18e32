"""How much memory the processes of an installation take: web, relay and workers; neither the world nor Postgres."""

from pathlib import Path

from sandbox.stack import Stack

WORLD = "world"


def resident_mb(running: Stack) -> float:
    """Megabytes of web, relay and workers with all their children; what several share is counted once."""
    parents = {child.pid for name, child in running.processes.children.items() if name != WORLD}
    return sum(_share_kb(pid) for pid in _with_children(parents)) / 1024


def _with_children(pids: set[int]) -> set[int]:
    """These processes and all below them."""
    found, children = set(pids), _children()
    while new := {child for pid in found for child in children.get(pid, ())} - found:
        found |= new
    return found


def _children() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # it has ended meanwhile
                continue
            children.setdefault(parent, []).append(int(entry.name))
    return children


def _share_kb(pid: int) -> int:
    """The process's proportional share, as Linux counts it; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
