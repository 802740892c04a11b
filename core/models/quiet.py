"""Keeps transformers silent: its load report repeats what UserError says, and its bars do not belong in a log."""

from transformers.utils import logging

logging.set_verbosity_error()
logging.disable_progress_bar()
