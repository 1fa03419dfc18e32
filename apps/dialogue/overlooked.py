"""Looks for what nobody would work: unanswered and unsettled messages whose item is not due.

There should be none. A row that was deleted by hand, or a mistake of ours, would else keep a customer waiting for ever.
"""

import logging
from collections.abc import Callable

from apps.conversations.services import overlooked
from apps.conversations.services.overlooked import Open
from apps.conversations.states import DELIVER
from apps.core import metrics
from apps.dialogue.due import TAKE_TURNS
from apps.work.chores import is_time
from apps.work.runner import Later
from apps.work.services import make_all_due, make_due, without_work

log = logging.getLogger(__name__)

LOOK = "dialogue.look_for_overlooked"
#: So long after something happened, and so often while something is open.
LOOK_SECONDS = 300.0
#: What happens makes the look due at most so often by one process: sooner than the look that it relies on.
SCHEDULE_SECONDS = 240.0


def schedule() -> None:
    """Something happened in the workspace: it is looked at in five minutes. Idle workspaces cost nothing."""
    if is_time(LOOK, SCHEDULE_SECONDS):
        make_due(LOOK, "all", after=LOOK_SECONDS)


def look() -> Later | None:
    """Makes due what was overlooked, and says so. Comes back while something is open or has happened of late.

    Of late: a process that has scheduled this look does not do so again for a while.
    """
    unanswered = _wake(TAKE_TURNS, overlooked.unanswered)
    unsettled = _wake(DELIVER, overlooked.unsettled)
    quiet = overlooked.quiet_for()
    lately = quiet is not None and quiet < LOOK_SECONDS + SCHEDULE_SECONDS
    return Later(LOOK_SECONDS) if unanswered or unsettled or lately else None


def _wake(kind: str, ask: Callable[[], Open]) -> bool:
    """Whether anything is open. An item that has just ended leaves nothing open, so what lacks one is asked twice."""
    found = ask()
    suspects = without_work(kind, found.old)
    left = sorted(suspects & ask().old) if suspects else []
    if left:
        make_all_due(kind, left)
        metrics.count("overlooked", kind, by=len(left))
        log.error("%s conversations were overlooked: %s was not due", len(left), kind)
    return found.any
