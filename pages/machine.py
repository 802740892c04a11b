"""This machine: what measurements here depend on, and what cannot be measured here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core import hardware, machine, settings
from core.figures import Figure, Provenance
from core.formats import show
from pages.ui import reads
from pages.ui.header import header
from pages.ui.text import plain

ABOVE = ("CPU", "Cores", "Threads", "Instruction sets", "GPU", "System", "Python")  # shown in the first table already


def _facts(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    memory = Figure(float(found["memory_bytes"]), "bytes", Provenance("measured"))
    device, known = machine.choose_device("auto"), machine.facts(found)
    return [
        ("Studies run on", f"{machine.device_name(found, device)} ({device})"), ("Processor", known["CPU"]),
        ("Cores and threads", f"{found['cores']} cores, {found['threads']} threads"), ("Memory", show(memory)),
        ("Instruction sets", known["Instruction sets"]), ("GPUs", known["GPU"]), ("System", known["System"]),
        ("Stands for", reads.matched_instance(found, device)[2]), ("Fingerprint", machine.digest(found)),
        ("Data folder", str(settings.home())), ("Commit", machine.commit() or "not a checkout"),
    ]


def _details(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The further facts of the fingerprint: clocks, limits, GPU."""
    return [(name, told) for name, told in machine.facts(found).items() if name not in ABOVE and name not in found["packages"]]


def _missing(found: Mapping[str, Any]) -> list[str]:
    device, (_, no_counter), said = machine.choose_device("auto"), hardware.energy_domains(), []
    if not machine.gpus():
        said.append("No NVIDIA GPU is visible to the driver: studies run on the CPU.")
    elif device == "cpu":
        said.append("There is a GPU, but the installed torch has no CUDA build: studies run on the CPU.")
    if device == "cpu" and no_counter:
        said.append(f"Energy a prediction is not measured: {no_counter}.")
    if device == "cpu" and not found["clock"]["max_mhz"]:
        said.append("The processor's clock cannot be read, so a measurement that it slows down is not marked by it.")
    return said


def _table(rows: Iterable[tuple[str, str]]) -> None:
    facts = [{"What": what, "Here": plain(here)} for what, here in rows]
    st.table(pd.DataFrame(facts), border="horizontal", hide_index=True, hide_header=True)


header("This machine")
found = machine.fingerprint()
_table(_facts(found))
with st.expander("Clocks, limits and what else decides speed"):
    st.caption("Figures of different fingerprints are not compared without saying so.")
    _table(_details(found))
st.subheader("What cannot be measured here", anchor=False)
for sentence in _missing(found):
    st.markdown(f"- {plain(sentence)}")
if not _missing(found):
    st.markdown("Everything that a study measures can be measured here.")
st.subheader("Versions", anchor=False)
versions = {"python": found["python"], **found["packages"]}
st.dataframe(pd.DataFrame(list(versions.items()), columns=["Software", "Version"]), hide_index=True, width="content")
