"""Losses: identities that hold whatever the numbers are."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.distill.losses import composite_loss, soft_target_loss, true_label_loss

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
