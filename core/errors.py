"""Errors that a person can act on."""


class UserError(Exception):
    """Bad input or a missing part: one sentence that names the key, the value and the remedy."""


class Cancelled(Exception):
    """A run was asked to stop; nothing is wrong."""
