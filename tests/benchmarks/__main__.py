"""python -m tests.benchmarks FILE [SUITE ...]: measure, write JSON; exits with 1 on a missed target. Suites: see SUITES; without, all."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from core import machine
from tests.benchmarks import dashboard, frameworks, frontier, money, oracle, serving, training, what_if
from tests.benchmarks.rows import Row

SUITES = {"dashboard": dashboard.targets, "training": training.targets, "what_if": what_if.targets, "money": money.targets,
          "serving": serving.targets, "oracle": oracle.targets, "frameworks": frameworks.targets,
          "frontier": frontier.targets}


def main(file: str, *wanted: str) -> int:
    """Run the suites (all, or those named), print their rows and write them to `file`."""
    rows = [row for name in (wanted or SUITES) for row in SUITES[name]()]
    for row in rows:
        reached = "-" if row.reached is None else f"{row.reached:.3g}"
        sys.stdout.write(f"{row.name:<52} {reached:>9} {row.unit:<7} target {row.target}: {_word(row)}{row.note and f' ({row.note})'}\n")
    device = machine.device_name(machine.fingerprint(), "cpu")
    result = {"device": device, "commit": machine.commit(), "date": datetime.now(UTC).isoformat(timespec="seconds"),
              "rows": [asdict(row) | {"met": row.met} for row in rows]}
    path = Path(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return int(any(row.missed for row in rows))


def _word(row: Row) -> str:
    return "MISSED" if row.missed else "met" if row.met else "aim not met"


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
