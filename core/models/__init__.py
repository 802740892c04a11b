"""Teachers and students: where they come from, how they are built, saved and loaded (safetensors only)."""

from transformers.utils import logging

logging.set_verbosity_error()  # its load report repeats what UserError says; its bars do not belong in a log
logging.disable_progress_bar()
