"""Losses: identities that hold whatever the numbers are."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from core.distill.losses import (
    answer_loss,
    attention_loss,
    attention_scores,
    composite_loss,
    hidden_state_loss,
    relation_loss,
    soft_target_loss,
    true_label_loss,
)

numbers = st.floats(-8, 8, allow_nan=False, width=32)
temperatures = st.floats(0.5, 8)


def logits(rows: int, labels: int):
    return st.lists(st.lists(numbers, min_size=labels, max_size=labels), min_size=rows, max_size=rows).map(torch.tensor)


@given(logits(3, 4), temperatures)
def test_soft_target_loss_is_zero_for_equal_logits_and_for_shifted_ones(table, temperature):
    assert float(soft_target_loss(table, table, temperature)) == pytest.approx(0, abs=1e-4)
    assert float(soft_target_loss(table + 3, table, temperature)) == pytest.approx(0, abs=1e-3)


@given(logits(3, 4), logits(3, 4), temperatures)
def test_soft_target_loss_is_never_negative(student, teacher, temperature):
    assert float(soft_target_loss(student, teacher, temperature)) >= -1e-4


def test_soft_target_loss_equals_its_formula():
    student, teacher, temperature = torch.tensor([[1.0, -1.0]]), torch.tensor([[0.5, 2.0]]), 3.0
    p, q = torch.softmax(teacher / temperature, -1), torch.softmax(student / temperature, -1)
    expected = 9.0 * float((p * (p / q).log()).sum())
    assert float(soft_target_loss(student, teacher, temperature)) == pytest.approx(expected, rel=1e-5)


def test_temperature_squared_keeps_the_gradient_in_size():
    teacher = torch.tensor([[0.02, -0.01, 0.0]])
    sizes = []
    for temperature in (1.0, 10.0):
        student = torch.zeros(1, 3, requires_grad=True)
        soft_target_loss(student, teacher, temperature).backward()
        sizes.append(float(student.grad.norm()))
    assert sizes[1] == pytest.approx(sizes[0], rel=0.05)


@given(logits(4, 3), logits(4, 3))
def test_composite_loss_at_its_ends_is_the_one_or_the_other(student, teacher):
    labels = torch.tensor([0, 1, 2, 1])
    assert float(composite_loss(student, teacher, labels, 2.0, 0.0)) == float(true_label_loss(student, labels))
    assert float(composite_loss(student, teacher, labels, 2.0, 1.0)) == float(soft_target_loss(student, teacher, 2.0))
    assert float(composite_loss(student, None, labels, 2.0, 0.9)) == float(true_label_loss(student, labels))


def test_unlabelled_rows_have_no_true_label_loss():
    student = torch.tensor([[2.0, 0.0], [-7.0, 3.0]])
    alone = float(true_label_loss(student[:1], torch.tensor([0])))
    assert float(true_label_loss(student, torch.tensor([0, -1]))) == pytest.approx(alone)
    assert float(true_label_loss(student, torch.tensor([-1, -1]))) == 0.0


def made(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


MASK = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
HEADS, SIZE = 4, 8
CASES = {  # by name: a loss of what student and teacher give, (texts, tokens, size) each
    "hidden states": hidden_state_loss,
    "attention": lambda student, teacher, mask: attention_loss(
        attention_scores(student, student.flip(-1), HEADS), attention_scores(teacher, teacher.flip(-1), HEADS), mask),
    "relations": lambda student, teacher, mask: relation_loss(student, teacher, mask, HEADS),
}
each_case = pytest.mark.parametrize("loss", CASES.values(), ids=CASES)


@each_case
def test_a_loss_of_inner_values_is_zero_for_equal_ones_and_positive_for_others(loss):
    student, teacher = made(2, 5, SIZE), made(2, 5, SIZE, seed=1)
    assert float(loss(teacher, teacher, MASK)) == pytest.approx(0, abs=1e-6)
    assert float(loss(student, teacher, MASK)) > 0.01


@each_case
def test_padding_never_counts_neither_its_content_nor_its_length(loss):
    student, teacher = made(2, 5, SIZE), made(2, 5, SIZE, seed=1)
    other = [each.masked_fill(~MASK.bool().unsqueeze(-1), content) for each, content in ((student, 50.0), (teacher, -70.0))]
    assert float(loss(*other, MASK)) == pytest.approx(float(loss(student, teacher, MASK)), rel=1e-5)
    longer = [functional.pad(each, (0, 0, 0, 3), value=9.0) for each in (student, teacher)]
    assert float(loss(*longer, functional.pad(MASK, (0, 3)))) == pytest.approx(float(loss(student, teacher, MASK)), rel=1e-5)


@each_case
def test_the_mean_over_texts_weighs_each_by_its_real_tokens_or_pairs(loss):
    student, teacher = made(2, 5, SIZE), made(2, 5, SIZE, seed=1)
    alone = [float(loss(student[i:i + 1], teacher[i:i + 1], MASK[i:i + 1])) for i in range(2)]
    weights = [25, 9] if loss is CASES["attention"] else [5, 3]
    expected = sum(w * value for w, value in zip(weights, alone, strict=True)) / sum(weights)
    assert float(loss(student, teacher, MASK)) == pytest.approx(expected, rel=1e-5)


@each_case
def test_its_gradient_is_finite_and_padding_gets_none(loss):
    student = made(2, 5, SIZE).requires_grad_()
    loss(student, made(2, 5, SIZE, seed=1), MASK).backward()
    assert torch.isfinite(student.grad).all() and float(student.grad.abs().sum()) > 0
    assert float(student.grad[1, 3:].abs().sum()) == 0


@each_case
def test_the_same_permutation_of_heads_on_both_sides_changes_nothing(loss):
    student, teacher = made(2, 5, SIZE), made(2, 5, SIZE, seed=1)

    def turned(each):
        return each.unflatten(-1, (HEADS, -1))[:, :, [2, 0, 3, 1]].flatten(2)

    plain, other = float(loss(student, teacher, MASK)), float(loss(turned(student), turned(teacher), MASK))
    if loss is CASES["attention"]:  # its keys are the flipped queries: turned by hand
        scores = [attention_scores(each, each, HEADS) for each in (student, teacher, turned(student), turned(teacher))]
        plain, other = float(attention_loss(*scores[:2], MASK)), float(attention_loss(*scores[2:], MASK))
    assert other == pytest.approx(plain, rel=1e-5)


@pytest.mark.parametrize("name", ["hidden states", "attention"])
def test_squared_errors_are_symmetric_and_grow_with_the_square_of_the_scale(name):
    student, teacher, loss = made(2, 5, SIZE), made(2, 5, SIZE, seed=1), CASES[name]
    plain = float(loss(student, teacher, MASK))
    assert float(loss(teacher, student, MASK)) == pytest.approx(plain, rel=1e-5)
    power = 4 if name == "attention" else 2  # scores are products of two
    assert float(loss(3 * student, 3 * teacher, MASK)) == pytest.approx(3**power * plain, rel=1e-4)


def test_hidden_state_loss_equals_its_formula():
    student, teacher = torch.tensor([[[1.0, 2.0], [9.0, 9.0]]]), torch.tensor([[[0.0, 4.0], [-9.0, 5.0]]])
    assert float(hidden_state_loss(student, teacher, torch.tensor([[1, 0]]))) == pytest.approx((1 + 4) / 2)


def test_attention_scores_are_those_of_torch_before_the_softmax():
    query, key, value = made(2, 5, SIZE), made(2, 5, SIZE, seed=1), made(2, 5, SIZE, seed=2)
    heads = [each.view(2, 5, HEADS, 2).transpose(1, 2) for each in (query, key, value)]
    expected = functional.scaled_dot_product_attention(*heads)
    assert torch.allclose(attention_scores(query, key, HEADS).softmax(-1) @ heads[2], expected, atol=1e-6)


def test_heads_that_differ_in_number_are_compared_by_their_means():
    scores = made(2, 4, 5, 5)
    two = torch.stack([scores[:, :2].mean(1), scores[:, 2:].mean(1)], 1)
    assert float(attention_loss(two, scores, MASK)) == pytest.approx(0, abs=1e-6)
    assert float(attention_loss(two + 1, scores, MASK)) == pytest.approx(1, rel=1e-5)


def test_relation_loss_equals_its_formula():
    student, teacher = made(1, 3, 4), made(1, 3, 4, seed=1)
    total = 0.0
    for head in range(2):
        s, t = (each[0, :, 2 * head:2 * head + 2].double() for each in (student, teacher))
        p, q = torch.softmax(t @ t.T / 2**0.5, -1), torch.softmax(s @ s.T / 2**0.5, -1)
        total += float((p * (p / q).log()).sum())
    found = float(relation_loss(student, teacher, torch.ones(1, 3, dtype=torch.long), 2))
    assert found == pytest.approx(total / (2 * 3), rel=1e-5)


def test_relations_are_free_of_size_and_of_rotation_within_a_head():
    teacher = made(2, 5, SIZE)
    wider = functional.pad(teacher.unflatten(-1, (HEADS, -1)), (0, 2)).flatten(2) * 2**0.25  # twice the size, the same scaled products
    assert float(relation_loss(wider, teacher, MASK, HEADS)) == pytest.approx(0, abs=1e-6)
    turn, _ = torch.linalg.qr(made(2, 2, seed=3))
    rotated = (teacher.unflatten(-1, (HEADS, -1)) @ turn).flatten(2)
    assert float(relation_loss(rotated, teacher, MASK, HEADS)) == pytest.approx(0, abs=1e-6)


@given(logits(3, 4), logits(3, 4), st.floats(0.25, 20))
def test_a_black_box_gives_its_answers_alone(student, teacher, scale):
    labels = torch.tensor([0, 1, -1])
    expected = 0.7 * true_label_loss(student, teacher.argmax(-1)) + 0.3 * true_label_loss(student, labels)
    assert float(answer_loss(student, teacher, labels, 0.7)) == pytest.approx(float(expected), rel=1e-5, abs=1e-6)
    assert float(answer_loss(student, functional.one_hot(teacher.argmax(-1), 4) * scale, labels, 0.7)) == pytest.approx(
        float(expected), rel=1e-5, abs=1e-6)
    assert float(answer_loss(student, teacher, labels, 0.0)) == float(true_label_loss(student, labels))
    assert float(answer_loss(student, teacher, labels, 1.0)) == float(true_label_loss(student, teacher.argmax(-1)))


def test_a_black_box_is_matched_only_by_certain_answers():
    teacher = made(3, 4)
    sure = functional.one_hot(teacher.argmax(-1), 4) * 100.0
    assert float(answer_loss(sure, teacher, torch.full((3,), -1), 1.0)) == pytest.approx(0, abs=1e-6)


def test_soft_targets_far_apart_in_temperature_have_the_limits_of_the_paper():
    student, teacher = made(3, 4), made(3, 4, seed=1)
    hot = float(soft_target_loss(student.double(), teacher.double(), 1e4))
    centred = [each - each.mean(-1, keepdim=True) for each in (student, teacher)]
    assert hot == pytest.approx(float((centred[0] - centred[1]).square().sum(-1).mean() / (2 * 4)), rel=1e-2)
