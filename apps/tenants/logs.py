"""Log lines: each names the workspace it is about, is one line, and repeats nothing of what an error said."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

from apps.core.bound import told
from apps.core.masks import masked
from apps.tenants.door import schema

#: What would end a line, or colour it, in the middle of a message.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
#: Errors of one chain that are shown.
_MOST_CAUSES = 5


class WorkspaceFilter(logging.Filter):
    """Adds `workspace` to the record, the schema this thread is in, and `bound`: what else it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record through."""
        record.workspace = schema()
        record.bound = told()
        return True


class LineFormatter(logging.Formatter):
    """Shows where an error happened and of which types it is, never its text.

    Databases and validators quote the value they refuse: a customer's words, a number, a token.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The message on one line, so that nobody's name can write lines of its own."""
        record.message = _one_line(record.message)
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


class JsonFormatter(LineFormatter):
    """A JSON object per line, for programs that gather logs; an error's frames are a field of it."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line, whatever its parts hold."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _one_line(record.getMessage()),
            "workspace": getattr(record, "workspace", ""),
            **getattr(record, "bound", {}),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = f"{type(record.exc_info[1]).__module__}.{type(record.exc_info[1]).__qualname__}"
            line["frames"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=True)


def _one_line(message: str) -> str:
    return masked(_CONTROLS.sub(lambda found: ascii(found.group())[1:-1], message))
