"""How much the intake holds at once, so that slow or huge requests cannot take what the others need.

Nobody is known before the whole body has come and its signature was checked, so everybody shares. Bodies of the
usual size are bounded by the number of requests; what is larger shares a budget of its own and can crowd out
nothing but its like.
"""

from collections.abc import Iterator
from contextlib import contextmanager

#: Requests at once in this process; more are asked to come again at once.
MOST_REQUESTS = 512
#: Bytes of a body that need no budget: a vendor's usual webhook has one to ten thousand.
SMALL = 64 * 1024
#: Bytes of all that is larger: sixteen of the largest bodies that a vendor may send.
BUDGET = 64 * 1024 * 1024


class Share:
    """What one request holds."""

    def __init__(self, room: "Room") -> None:
        self.size = 0
        self._room = room

    def grow(self, size: int) -> bool:
        """Holds so many bytes more; False when there is no room for them."""
        before, after = (max(total - SMALL, 0) for total in (self.size, self.size + size))
        if after > before and self._room.large + after - before > BUDGET:
            return False
        self._room.large += after - before
        self.size += size
        return True


class Room:
    """All that this process holds."""

    def __init__(self) -> None:
        self.requests = 0
        self.large = 0

    @contextmanager
    def share(self) -> Iterator[Share | None]:
        """A place for one request while the block runs; None when all are taken."""
        if self.requests >= MOST_REQUESTS:
            yield None
            return
        self.requests += 1
        share = Share(self)
        try:
            yield share
        finally:
            self.requests -= 1
            self.large -= max(share.size - SMALL, 0)
