"""The worker process: the only place where stages meet jobs. python -m core.worker job ID"""

from __future__ import annotations

import os
import sys

from core import machine
from core.jobs.executor import run
from core.stages.adapt import adapt
from core.stages.curve import curve
from core.stages.distil import control, distil
from core.stages.evaluate import evaluate
from core.stages.measure import measure
from core.stages.search import search
from core.stages.seeds import seeds
from core.stages.transfer import label
from core.stages.variants import variants

HANDLERS = {"adapt": adapt, "label": label, "distil": distil, "control": control, "curve": curve, "search": search, "evaluate": evaluate,
            "seeds": seeds, "variants": variants, "measure": measure}


def main(arguments: list[str]) -> int:
    """Run one job; the exit code is the executor's."""
    import torch

    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")  # NVML's order, so that "cuda:0" is the GPU that is named
    torch.set_num_threads(machine.fingerprint()["cores"])
    return run(int(arguments[1]), HANDLERS)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
