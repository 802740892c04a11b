"""The command line: python -m core. It does headless whatever the browser does."""

from core.cli.root import app, main

__all__ = ["app", "main"]
