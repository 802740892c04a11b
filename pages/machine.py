"""This machine: what measurements here depend on, and what cannot be measured here."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core import machine, settings
from core.figures import Figure, Provenance
from core.formats import show
from pages.ui import reads
from pages.ui.header import header
from pages.ui.text import plain


def _facts(found: dict[str, object]) -> list[tuple[str, str]]:
    memory = Figure(float(str(found["memory_bytes"])), "bytes", Provenance("measured"))
    device = machine.choose_device("auto")
    return [
        ("Studies run on", f"{machine.device_name(found, device)} ({device})"), ("Processor", str(found["cpu"])),
        ("Cores and threads", f"{found['cores']} cores, {found['threads']} threads"), ("Memory", show(memory)),
        ("Instruction sets", ", ".join(map(str, found["features"])) or "none of those that matter here"),  # type: ignore[call-overload]
        ("GPUs", ", ".join(gpu["name"] for gpu in machine.gpus()) or "none"),
        ("System", str(found["os"])), ("Stands for", reads.matched_instance(found, device)[2]),
        ("Data folder", str(settings.home())), ("Commit", machine.commit() or "not a checkout"),
    ]


def _missing() -> list[str]:
    if not machine.gpus():
        return ["No NVIDIA GPU is visible to the driver: studies run on the CPU, and energy a prediction is not measured, "
                "because its counter is the GPU's."]
    if machine.choose_device("auto") == "cpu":
        return ["There is a GPU, but the installed torch has no CUDA build: studies run on the CPU."]
    return []


header("This machine")
found = machine.fingerprint()
facts = [{"What": what, "Here": plain(here)} for what, here in _facts(found)]
st.table(pd.DataFrame(facts), border="horizontal", hide_index=True, hide_header=True)
st.subheader("What cannot be measured here", anchor=False)
for sentence in _missing():
    st.markdown(f"- {plain(sentence)}")
if not _missing():
    st.markdown("Everything that a study measures can be measured here.")
st.subheader("Versions", anchor=False)
versions = {"python": found["python"], **found["packages"]}
st.dataframe(pd.DataFrame(list(versions.items()), columns=["Software", "Version"]), hide_index=True, width="content")
