"""What hands could not give back because the database was away: told to it before they take anything else.

Else each outage would count as a try of all that was in hand, and five of them would set aside what nothing is wrong
with. A process that is killed forgets what it owes; then the try counts, as for all that dies with its hands.
"""

import logging
from collections import deque
from collections.abc import Callable

from apps.core import connections

log = logging.getLogger(__name__)

#: Of more than so many the oldest are forgotten.
MOST = 1_000

_owed: deque[Callable[[], object]] = deque(maxlen=MOST)


def give(back: Callable[[], object]) -> None:
    """Gives something back now, or as soon as the database answers. It may be repeated and must not mind."""
    _owed.append(back)
    try:
        settle()
    except Exception as error:
        if not connections.failed(error):
            raise
        log.warning("The database is away (%s); %s are given back later", type(error).__name__, len(_owed))


def settle() -> None:
    """Gives back what is owed. Raises the database's error when it is still away."""
    while True:
        try:
            back = _owed.popleft()
        except IndexError:
            return
        try:
            back()
        except Exception as error:
            if connections.failed(error):
                _owed.appendleft(back)
            raise
