"""How often one caller may call, counted in this process's memory: a guard against floods, not a plan's limit."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

#: Callers remembered at once; the one that was quiet longest is forgotten first.
MOST_CALLERS = 10_000
#: Seconds by which many small sums may be wrong.
ROUNDING = 1e-6


@dataclass
class Pace:
    """`burst` calls at once, then `per_minute`."""

    per_minute: float
    burst: int
    clock: Callable[[], float] = time.monotonic
    free_at: OrderedDict[str, float] = field(default_factory=OrderedDict)

    def allows(self, caller: str) -> bool:
        """Whether the caller may call now; a call that may is counted."""
        interval, now = 60 / self.per_minute, self.clock()
        free_at = max(self.free_at.get(caller, now), now)
        if free_at - now > interval * (self.burst - 1) + ROUNDING:
            return False
        self.free_at[caller] = free_at + interval
        self.free_at.move_to_end(caller)
        if len(self.free_at) > MOST_CALLERS:
            self.free_at.popitem(last=False)
        return True
