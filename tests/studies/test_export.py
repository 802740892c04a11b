"""A model of a study as a folder to deploy: loadable by Transformers alone, described, and proved by its manifest."""

import shutil

import pytest
from typer.testing import CliRunner

from core import manifest
from core.cli.root import app
from core.errors import UserError
from core.models.artifact import agreement, read_card
from core.runtimes.eager import EagerRuntime
from core.settings import home
from core.store import studies
from core.studies import read
from core.studies.export import export
from core.studies.model_card import escaped
from tests.pages.made import make_study
from tests.studies.exported import LABELS, study_with_files


@pytest.fixture
def study(tiny_model):
    return studies.get(study_with_files("mine", tiny_model, name="A *bold* <b>name</b>"))


def test_the_folder_serves_without_this_product(study, tmp_path):
    from transformers import pipeline

    folder = export(study, "depth-1", tmp_path / "out")
    classify = pipeline("text-classification", model=str(folder), device="cpu")
    assert classify.model.config.id2label == dict(enumerate(LABELS))
    card = read_card(folder)
    assert [LABELS.index(row["label"]) for row in classify(list(card.reference_texts))] == list(card.reference_answers)
    assert agreement(card, EagerRuntime(folder, "cpu").answer(card.reference_texts).tolist()) == 40


def test_the_manifest_proves_every_file(study, tmp_path):
    folder = export(study, "teacher", tmp_path / "out")
    content = manifest.checked(folder)
    assert set(content["files"]) == {file.name for file in folder.iterdir()} - {"manifest.json"}
    assert {"config.json", "model.safetensors", "tokenizer.json", "artifact.json", "README.md"} <= set(content["files"])
    assert content["weights_sha256"] == manifest.weights_digest(home() / "models" / "mine" / "minilm-teacher")
    assert (content["study"], content["model"]) == ("mine", "teacher")
    (folder / "README.md").write_text("edited by its owner")
    manifest.checked(folder)
    for name in ("config.json", "artifact.json", "model.safetensors"):
        copy = shutil.copytree(folder, tmp_path / f"copy-{name}")
        with (copy / name).open("ab") as file:
            file.write(b" ")
        with pytest.raises(UserError, match=f"'{name}' in .* is not what was exported"):
            manifest.checked(copy)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(UserError, match=r"'tokenizer.json' is missing"):
        manifest.checked(folder)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 9, "files": {}}', '{"format": 1, "files": {"a": 1}, "weights_sha256": ""}',
                                  '{"format": 1, "files": {"../x": {"sha256": ""}}, "weights_sha256": ""}'])
def test_a_broken_manifest_is_one_sentence(tmp_path, text):
    (tmp_path.parent / "x").write_text("outside")
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(UserError, match="export the model again"):
        manifest.checked(tmp_path)


def test_the_card_tells_figures_intervals_origins_limits_and_licences_with_marks_escaped(study, tmp_path):
    text = (export(study, "depth-1", tmp_path / "out") / "README.md").read_text()
    assert text.startswith("---\nlibrary_name: transformers\n")
    assert "| Accuracy | 78 % \\(76\\.2 to 79\\.8 %\\) | Measured\\: study made for a test" in text
    assert "| Energy a prediction | not measured | Not measured\\: no energy counter" in text
    assert "A \\*bold\\* \\<b\\>name\\</b\\>" in text and "<b>" not in text
    assert "| 0 | good \\| \\_fine\\_ |" in text
    assert "Apache\\-2\\.0" in text and "nobody has said whether they do" in text and "no licence is stated for the quotations" in text
    assert "Study mine of" in text and f"sha256 `{manifest.weights_digest(tmp_path / 'out')}`" in text
    assert "Test CPU, 2 cores" in text and "1 layer" not in text


def test_a_control_has_figures_but_needs_its_own_files(study, tmp_path):
    with pytest.raises(UserError, match="has no files; run the study again"):
        export(study, "control of depth-1", tmp_path / "out")
    with pytest.raises(UserError, match="has no 'depth-9'; it has teacher, depth-3, control of depth-3, depth-1, control of depth-1"):
        export(study, "depth-9", tmp_path / "out")
    assert list(tmp_path.glob("*out*")) == []


def test_nothing_is_ever_overwritten_and_nothing_half_written_stays(study, tmp_path):
    taken, empty, link = tmp_path / "taken", tmp_path / "empty", tmp_path / "link"
    for folder in (taken, empty):
        folder.mkdir()
    (taken / "file").write_text("mine")
    link.symlink_to(empty)
    for place, message in ((taken, "is not empty"), (taken / "file", "is a file or a link"), (link, "is a file or a link"),
                           (tmp_path / "no" / "such", "there is no folder")):
        with pytest.raises(UserError, match=message):
            export(study, "teacher", place)
    assert (taken / "file").read_text() == "mine"

    def fails(folder):
        raise OSError(28, "No space left on device")

    with pytest.raises(UserError, match="No space left on device"):
        export(study, "teacher", tmp_path / "new", fails)
    assert {path.name for path in tmp_path.iterdir()} == {"taken", "empty", "link", "home"}
    export(study, "teacher", empty)
    assert (empty / "model.safetensors").is_file()


def test_reference_texts_stay_behind_when_asked(study, tmp_path):
    kept, left = export(study, "depth-1", tmp_path / "a"), export(study, "depth-1", tmp_path / "b", texts=False)
    assert len(read_card(kept).reference_texts) == 40 and "whoever gets the folder can read them" in (kept / "README.md").read_text()
    assert read_card(left).reference_texts == () and read_card(left).labels == LABELS
    assert "no texts" in (left / "README.md").read_text()
    assert "film" not in (left / "artifact.json").read_text() and manifest.checked(left)


def test_further_files_are_in_the_manifest_and_on_the_card(study, tmp_path):
    def add(folder):
        (folder / "onnx").mkdir()
        (folder / "onnx" / "model.onnx").write_bytes(b"graph")
        return (("onnx/model.onnx", "the same model for ONNX Runtime"),)

    folder = export(study, "depth-1", tmp_path / "out", add)
    assert "onnx/model.onnx" in manifest.checked(folder)["files"]
    assert "- `onnx/model.onnx`: the same model for ONNX Runtime" in (folder / "README.md").read_text()


def test_the_command_lists_what_it_wrote(study, tmp_path):
    done = CliRunner().invoke(app, ["artifact", "export", "mine", "depth-1", str(tmp_path / "out")])
    assert done.exit_code == 0 and "model.safetensors" in done.stdout and f"written: {tmp_path / 'out'}" in done.stdout
    assert "recorded without model files" in str(CliRunner().invoke(
        app, ["artifact", "export", "example", "teacher", str(tmp_path / "b")]).exception)


def test_a_study_without_its_task_still_exports_and_a_local_teacher_keeps_its_path_to_itself(tiny_model, tmp_path):
    from core.spec import preset
    from core.studies.model_card import About, card

    make_study("plain")
    record = studies.get("plain")
    spec = preset("quick", "gone", teacher={"source": "/home/ann/secret/base"})
    text = card(type(record)(**{**vars(record), "spec": spec}), record.models[0], About(("a",), 8, 0, "0" * 64, None))
    assert "no longer on the machine" in text and "secret" not in text and "base" in text


def test_marks_are_escaped():
    assert escaped("a|b\n[c](d) <e> `f` $g$ &h; \x1b") == r"a\|b \[c\]\(d\) \<e\> \`f\` \$g\$ \&h; "
    assert read.example().id == "example"
