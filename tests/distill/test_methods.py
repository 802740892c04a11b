"""Methods on real, small models: what they compare, what the teacher computes once, and students that learn by each."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, DistilBertConfig, DistilBertForSequenceClassification

from core.distill import inner
from core.distill.methods import COMPARISONS, Relations, by_answers, by_layers, by_logits, inner_names, layer_map
from core.distill.training import Batch, Examples, Learner, train_together
from core.errors import UserError
from core.models.batching import padded
from core.models.build import classifier, cut, kept_layers
from core.models.inside import Watch, heads_of, size_of
from core.models.prune import pruned
from core.models.tokens import Tokeniser
from core.runtimes.eager import logits
from core.spec import TrainingSpec
from tests.conftest import sentences

LABELS = ("good", "poor")
SPEC = TrainingSpec(batch_tokens=256, max_length=32)


@pytest.fixture(scope="module")
def teacher(tiny_model):
    """The tiny model, and 32 texts of unequal length with their token ids and label numbers."""
    texts, labels = sentences(32)
    texts = [text if i % 3 else f"{text} and a very long way to say so" for i, text in enumerate(texts)]
    ids = Tokeniser(tiny_model, 32)(texts)
    return classifier(tiny_model, LABELS).eval(), ids, np.array([LABELS.index(label) for label in labels])


def batch_of(ids, rows, soft=None):
    table, mask = (torch.from_numpy(array) for array in padded([ids[i] for i in rows], 0))
    return Batch(np.array(rows), table, mask, torch.full((len(rows),), -1), soft)


def narrow():
    """A student of another size, with two layers of three heads."""
    torch.manual_seed(1)
    return BertForSequenceClassification(BertConfig(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=48,
                                                    initializer_range=0.1))


def lesson(method, student, teacher, layers, source=None, weight=1.0, base=None):
    comparison = COMPARISONS[method](student, teacher, layers)
    own = inner_names(method, range(1, len(layers) + 1))
    source = source or inner.live(teacher, inner_names(method, layers))
    return by_layers(base or by_logits(2.0, 0.7), weight, comparison, Watch(student, own), source), comparison


@pytest.mark.parametrize(("student", "teacher", "expected"), [
    (2, 6, [3, 6]), (3, 6, [2, 4, 6]), (4, 12, [3, 6, 9, 12]), (6, 6, [1, 2, 3, 4, 5, 6]), (1, 6, [6]), (4, 6, [2, 3, 4, 6]),
    (4, 2, [1, 1, 2, 2])])
def test_layers_are_evenly_spread_and_the_last_imitates_the_last(student, teacher, expected):
    assert layer_map(student, teacher) == expected


def test_a_student_that_was_cut_imitates_the_layers_it_was_cut_from():
    assert layer_map(2, 6, kept_layers(6, 2)) == [1, 6] and layer_map(3, 6, kept_layers(6, 3)) == [1, 3, 6]


def test_what_is_seen_is_what_transformers_reports(teacher):
    model, ids, _ = teacher
    names = ["hidden-0", "hidden-1", "hidden-3", "query-2", "key-2"]
    batch = batch_of(ids, [0, 5, 7])
    found = inner.live(model, names)(batch)
    reports = copy.deepcopy(model)
    reports.set_attn_implementation("eager")
    said = reports(input_ids=batch.input_ids, attention_mask=batch.attention_mask, output_hidden_states=True, output_attentions=True)
    for number in (0, 1, 3):
        assert torch.allclose(found[f"hidden-{number}"], said.hidden_states[number], atol=1e-5)
    assert heads_of(model, 2) == 4 and size_of(model, "query-2") == 48
    by_head = [found[f"{part}-2"].view(3, -1, 4, 12).transpose(1, 2) for part in ("query", "key")]
    scores = (by_head[0] @ by_head[1].transpose(2, 3) / 12**0.5).masked_fill(~batch.attention_mask.bool()[:, None, None], -torch.inf)
    assert torch.allclose(scores.softmax(-1), said.attentions[1], atol=1e-5)


def test_another_architecture_is_watched_too_and_one_without_projections_is_refused(teacher):
    model = DistilBertForSequenceClassification(DistilBertConfig(dim=24, n_layers=2, n_heads=3, hidden_dim=48)).eval()
    names = ["hidden-0", "hidden-2", "query-1", "value-2"]
    found = inner.live(model, names)(batch_of(teacher[1], [0, 1]))
    assert set(found) == set(names) and heads_of(model, 1) == 3 and found["query-1"].shape[-1] == size_of(model, "query-1") == 24
    del model.distilbert.transformer.layer[0].attention.q_lin
    with pytest.raises(UserError, match="choose the method logits"):
        heads_of(model, 1)


def test_a_student_is_watched_in_training_alone(teacher):
    model, ids, _ = teacher
    student = copy.deepcopy(model)
    watch = Watch(student, ["hidden-1"])
    student.eval()(input_ids=torch.tensor([ids[0]]))
    assert not watch.seen
    student.train()(input_ids=torch.tensor([ids[0]]))
    assert set(watch.taken()) == {"hidden-1"} and not watch.seen


@pytest.mark.parametrize("method", COMPARISONS)
def test_the_teacher_compared_with_itself_has_no_loss(teacher, method):
    model, ids, _ = teacher
    layers = [1, 2, 3]
    _, comparison = lesson(method, model, model, layers)
    values = inner.live(model, inner_names(method, layers))(batch_of(ids, [1, 2]))
    assert float(comparison(values, values, batch_of(ids, [1, 2]).attention_mask)) == pytest.approx(0, abs=1e-5)
    assert not list(comparison.parameters()), "sizes are equal: nothing to project"


def test_projections_stand_only_where_sizes_differ_and_relation_heads_divide_both(teacher):
    model, ids, answers = teacher
    thin = pruned(model, ids, answers.tolist(), 0, heads=0.5, neurons=0.5)
    assert not list(COMPARISONS["hidden states"](thin, model, [1, 2, 3]).parameters()), "fewer heads, the same hidden size"
    wide = COMPARISONS["hidden states"](narrow(), model, [2, 3])
    assert [tuple(weight.shape) for weight in wide.parameters()] == [(48, 24)] * 3
    assert Relations(narrow(), model, [2, 3]).heads == 4 and Relations(thin, model, [1, 2, 3]).heads == 4


@pytest.mark.parametrize("method", ["logits", "black box", *COMPARISONS])
@pytest.mark.parametrize("kind", ["cut", "of another size"])
def test_a_student_overfits_32_texts_by_every_method(teacher, method, kind):
    model, ids, answers = teacher
    student, layers = (cut(model, 2), [1, 3]) if kind == "cut" else (narrow(), [2, 3])
    targets = np.where(np.eye(2, dtype=bool)[answers], 3.0, -3.0).astype(np.float32)
    loss, more = by_logits(2.0, 0.7), ()
    if method == "black box":
        loss = by_answers(0.7)
    elif method in COMPARISONS:
        loss, comparison = lesson(method, student, model, layers, weight=0.1)  # a teacher of random weights is a poor guide
        more = (comparison,)
    before = [weight.clone() for module in more for weight in module.parameters()]
    learner = Learner(student, loss, 3e-3, more)
    [done] = train_together([learner], Examples(ids, answers, 0, targets), SPEC, epochs=60)
    assert (logits(student, ids, 0).argmax(-1) == answers).all(), f"loss {done.loss:.3f}"
    assert all(not torch.equal(a, b) for a, b in zip(before, [w for module in more for w in module.parameters()], strict=True))


@pytest.mark.parametrize("method", COMPARISONS)
def test_what_is_compared_comes_nearer_to_the_teacher(teacher, method):
    model, ids, answers = teacher
    apart = []
    for weight in (0.0, 20.0):
        student = narrow()
        loss, comparison = lesson(method, student, model, [2, 3], weight=weight)
        train_together([Learner(student, loss, 3e-3, (comparison,))], Examples(ids, answers, 0), SPEC, epochs=20)
        batch = batch_of(ids, range(8))
        own = inner.live(student, inner_names(method, [1, 2]))(batch)
        its = inner.live(model, inner_names(method, [2, 3]))(batch)
        with torch.no_grad():
            apart.append(float(comparison(own, its, batch.attention_mask)))
    assert apart[1] < 0.8 * apart[0]


def test_a_black_box_needs_no_more_than_answers_and_a_control_neither(teacher):
    batch, given = batch_of(teacher[1], [0, 1]), type("Given", (), {"logits": torch.tensor([[1.0, 0.0], [0.0, 2.0]])})
    labelled = Batch(batch.rows, batch.input_ids, batch.attention_mask, torch.tensor([0, 1]), None)
    alone = float(torch.nn.functional.cross_entropy(given.logits, labelled.labels))
    assert float(by_answers(0.7)(given, labelled)) == pytest.approx(alone)
    answered = Batch(batch.rows, batch.input_ids, batch.attention_mask, torch.tensor([-1, -1]), torch.tensor([[9.0, 1.0], [-5.0, -4.0]]))
    assert float(by_answers(1.0)(given, answered)) == pytest.approx(alone)


NAMES = ["hidden-0", "hidden-3", "key-2"]


def test_the_teacher_runs_once_and_the_values_are_those_of_a_run_on_the_batch(teacher, tmp_path):
    model, ids, _ = teacher
    shares = []
    first = inner.kept(tmp_path / "inner" / "a", lambda: model, ids, 0, NAMES, shares.append)
    again = inner.kept(tmp_path / "inner" / "a", lambda: pytest.fail("ran again"), ids, 0, NAMES)
    assert again.seconds == first.seconds > 0 and shares[-1] == 1.0
    assert all(isinstance(array, np.memmap) and array.dtype == np.float16 for array in again.arrays.values())
    for rows in ([0], [31, 3, 7], [30, 31]):
        batch = batch_of(ids, rows)
        for name, value in inner.live(model, NAMES)(batch).items():
            found, real = again(batch)[name], batch.attention_mask.bool()
            assert found.shape == value.shape and torch.allclose(found[real], value[real], atol=5e-3), name


def test_only_what_is_missing_is_computed_and_a_broken_run_leaves_nothing(teacher, tmp_path):
    model, ids, _ = teacher
    folder = tmp_path / "inner" / "a"

    def stop(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        inner.kept(folder, lambda: model, ids, 0, NAMES, stop)
    assert not list(folder.iterdir())
    inner.kept(folder, lambda: model, ids, 0, NAMES[:2])
    written = (folder / "hidden-0.npy").stat().st_mtime_ns
    inner.kept(folder, lambda: model, ids, 0, NAMES)
    assert (folder / "hidden-0.npy").stat().st_mtime_ns == written and (folder / "key-2.npy").exists()


def test_the_store_stays_within_its_cap_and_the_oldest_goes_first(teacher, tmp_path, monkeypatch):
    model, ids, _ = teacher
    needed = inner.bytes_of(model, NAMES, [len(row) for row in ids])
    assert needed == 2 * 3 * 48 * sum(map(len, ids))
    assert inner.fits(tmp_path / "inner" / "a", needed)
    monkeypatch.setattr(inner, "CAP_BYTES", int(2.5 * needed))
    assert not inner.fits(tmp_path / "inner" / "a", 3 * needed)
    for name in "abc":
        found = inner.kept(tmp_path / "inner" / name, lambda: model, ids, 0, NAMES)
    assert sorted(each.name for each in (tmp_path / "inner").iterdir()) == ["b", "c"]
    assert found(batch_of(ids, [0]))["key-2"].isfinite().all()


def test_several_students_ask_the_teacher_once_for_a_batch(teacher):
    asked = []
    once = inner.shared(lambda batch: asked.append(batch) or {})
    first, second = batch_of(teacher[1], [0]), batch_of(teacher[1], [0])
    for batch in (first, first, second, second):
        once(batch)
    assert len(asked) == 2
