"""Losses of distillation. Pure: tensors in, a scalar tensor out."""

from __future__ import annotations

import torch
from torch.nn import functional


def soft_target_loss(student_logits: torch.Tensor, teacher_logits: torch.Tensor, temperature: float) -> torch.Tensor:
    """T^2 * KL(softmax(teacher / T) || softmax(student / T)), the mean over rows (Hinton et al. 2015, section 2.1).

    Both logits are (rows, labels); T^2 keeps the gradient's size independent of T. Zero only for equal distributions.
    """
    log_student = functional.log_softmax(student_logits / temperature, dim=-1)
    log_teacher = functional.log_softmax(teacher_logits / temperature, dim=-1)
    return functional.kl_div(log_student, log_teacher, reduction="batchmean", log_target=True) * temperature**2


def true_label_loss(student_logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Cross-entropy against label numbers (rows,), the mean over rows; rows with label -1 have none and are left out."""
    known = labels >= 0
    if not bool(known.any()):
        return student_logits.sum() * 0.0
    return functional.cross_entropy(student_logits[known], labels[known])


def composite_loss(
    student_logits: torch.Tensor, teacher_logits: torch.Tensor | None, labels: torch.Tensor,
    temperature: float, soft_weight: float,
) -> torch.Tensor:
    """w * soft_target_loss + (1 - w) * true_label_loss; without teacher_logits (the control) the true labels alone."""
    if teacher_logits is None or soft_weight == 0:
        return true_label_loss(student_logits, labels)
    soft = soft_target_loss(student_logits, teacher_logits, temperature)
    return soft if soft_weight == 1 else soft_weight * soft + (1 - soft_weight) * true_label_loss(student_logits, labels)
