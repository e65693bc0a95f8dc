"""The log: one JSON document a line on standard output, of the platform, its server and every library alike."""

import logging
from typing import Any, Final

import structlog

_COMMON: Final = (
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def set_up_log() -> None:
    """For what Haechi says itself."""
    structlog.configure(processors=[*_COMMON, structlog.processors.JSONRenderer()])


def server_log() -> dict[str, Any]:
    """For what the server says, and what libraries say by Python's `logging`, as `logging.config` takes it.

    Libraries speak of addresses and values that they handle: of them only warnings are kept, and of those the words
    before anything was put in.
    """
    json_lines = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processor": structlog.processors.JSONRenderer(),
        "foreign_pre_chain": _COMMON,
    }
    out = {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}
    plain = {**out, "filters": ["unfilled"]}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"unfilled": {"()": _Unfilled}},
        "formatters": {"json": json_lines},
        "handlers": {"server": out, "libraries": plain},
        "loggers": {"_granian": {"handlers": ["server"], "level": "INFO", "propagate": False}},
        "root": {"handlers": ["libraries"], "level": "WARNING"},
    }


class _Unfilled:
    """Takes from a record what was put into its words, and what an exception said."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keeps every record."""
        record.args = ()
        record.exc_info = None
        record.exc_text = None
        record.stack_info = None
        return True
