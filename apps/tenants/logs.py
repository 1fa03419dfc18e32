"""Log lines: each names the workspace it is about, is one line, and repeats nothing of what an error said."""

import logging
import re
import traceback
from typing import Any

from apps.tenants.door import schema

#: What would end a line, or colour it, in the middle of a message.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
#: Errors of one chain that are shown.
_MOST_CAUSES = 5


class WorkspaceFilter(logging.Filter):
    """Adds `workspace` to the record: the schema this thread is in."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record through."""
        record.workspace = schema()
        return True


class LineFormatter(logging.Formatter):
    """Shows where an error happened and of which types it is, never its text.

    Databases and validators quote the value they refuse: a customer's words, a number, a token.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The message on one line, so that nobody's name can write lines of its own."""
        record.message = _CONTROLS.sub(lambda found: ascii(found.group())[1:-1], record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:
        """The frames and types of the error and of what caused it, the last one first."""
        shown: list[str] = []
        error = ei[1]
        while error is not None and len(shown) < _MOST_CAUSES:
            frames = "".join(traceback.format_tb(error.__traceback__))
            shown.append(f"{frames}{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\ncaused by:\n".join(shown)
