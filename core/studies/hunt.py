"""A process of its own that reads gpuhunt's catalogues: it may wait for the network and fill memory, and can be ended.

Reads {"providers": [...], "names": [...]} on standard input; writes {"versions": {provider: version}, "offers": [...]} or
{"error": "..."} on standard output. Where GPUHUNT_CATALOG_DIR is set, catalogues are read there and have no version.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from gpuhunt import Catalog, GPUHuntError  # type: ignore[import-untyped]

from core.pricing.offers import Offer

# What sets an offer apart without making it another kind of rent; clusters, calendar mode and previews are left out.
FLAGS = ("gcp-a4", "gcp-g4", "lambda-arm", "runpod-cpu", "oci-spot")


def look(providers: list[str], names: set[str]) -> dict[str, Any]:
    """The offers with these instance names, and the version of each provider's catalogue that could be read."""
    catalog = Catalog(auto_reload=False)
    if "GPUHUNT_CATALOG_DIR" in os.environ:
        versions = dict.fromkeys(providers, "")
    else:
        catalog.load()
        versions = {name: catalog.catalog[name].version for name in providers if name in catalog.catalog}
    items = catalog.query(provider=list(versions), allowed_flags=FLAGS) if versions else []
    columns = [field.name for field in fields(Offer)]
    return {"versions": versions,
            "offers": [{name: getattr(item, name) for name in columns} for item in items if item.instance_name in names]}


def answer(question: Mapping[str, Any]) -> dict[str, Any]:
    """What look() finds, or the reason why it finds nothing."""
    try:
        return look(question["providers"], set(question["names"]))
    except (GPUHuntError, OSError, ValueError, KeyError) as error:
        cause = error.__cause__ or error
        return {"error": f"{type(cause).__name__}: {str(getattr(cause, 'reason', cause))[:120]}"}


if __name__ == "__main__":
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
