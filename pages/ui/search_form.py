"""What is asked of a search: its time, and what it may try."""

from __future__ import annotations

from typing import Any, get_args

import streamlit as st

from core import families
from core.spec import Method, SearchSpec
from pages.ui import fields

NUMBERS = ["minutes", "trials", "keep", "seed", "seeds"]


def draw(base: SearchSpec, key: str) -> dict[str, Any]:
    """The fields of a search, starting from `base`; returns what they say."""
    st.subheader("Search", anchor=False)
    st.caption("Looks for the cheapest student that passes, on validation texts alone: families, sizes, methods and ways to serve. "
               "The students above are tried first. 0 minutes: none.")
    found = fields.draw(base, NUMBERS, key)
    sized = [name for name, family in families.known().items() if "source" not in family.needs]
    about = {name: info.description or "" for name, info in SearchSpec.model_fields.items()}
    left, right = st.columns(2)
    found["families"] = left.multiselect("Families", sized, default=list(base.families), key=f"{key}-families", placeholder="all of them",
                                         help=about["families"].capitalize())
    single = [name for name in get_args(Method) if name != "self"]
    found["methods"] = right.multiselect("Methods", single, default=list(base.methods), key=f"{key}-methods",
                                         help=about["methods"].capitalize()) or list(base.methods)
    return found
