"""Where things lie. All state is under DISTILL_ROI_HOME; what ships with the product is under assets/."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"


def home() -> Path:
    """The data folder, created when it is missing."""
    folder = Path(os.environ.get("DISTILL_ROI_HOME") or platformdirs.user_data_path("distill-roi")).expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def folder(*parts: str) -> Path:
    """A folder under the data folder, created when it is missing."""
    path = home().joinpath(*parts)
    path.mkdir(parents=True, exist_ok=True)
    return path


def database_url() -> str:
    """DISTILL_ROI_DATABASE, or a SQLite file in the data folder."""
    return os.environ.get("DISTILL_ROI_DATABASE") or f"sqlite:///{home() / 'distill-roi.db'}"
