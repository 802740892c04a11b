"""Errors that a person can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class UserError(Exception):
    """Bad input or a missing part: one sentence that names the key, the value and the remedy."""


class Cancelled(Exception):
    """A run was asked to stop; nothing is wrong."""


@contextmanager
def refused(what: str, remedy: str) -> Iterator[None]:
    """Whatever another library raises inside becomes a UserError, "what (its first line); remedy."

    Wrap calls into that library and nothing else: our own mistakes have to surface.
    """
    try:
        yield
    except (UserError, Cancelled):
        raise
    except Exception as error:
        raise UserError(f"{what} ({first_line(error)}); {remedy}.") from error


def first_line(error: Exception) -> str:
    """The first line of what an exception says, at most 160 characters; its type where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
