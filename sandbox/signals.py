"""How a launcher learns that it shall stop: a signal becomes an exception, so every `with` cleans up."""

import signal
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop_signals_raise(*numbers: signal.Signals) -> None:
    """From now on each of the signals raises SystemExit(128 + number) in the main thread, once.

    Those that come while cleaning up are ignored. One that was ignored from the start (nohup) stays so,
    except SIGINT and SIGTERM: a shell ignores SIGINT for what it starts in the background.
    """

    def stop(number: int, _frame: FrameType | None) -> None:
        for one in numbers:
            signal.signal(one, signal.SIG_IGN)
        raise SystemExit(128 + number)

    for number in numbers:
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, stop)
