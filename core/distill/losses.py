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


def answer_loss(student_logits: torch.Tensor, teacher_logits: torch.Tensor, labels: torch.Tensor, weight: float) -> torch.Tensor:
    """w * CE(the teacher's answers) + (1 - w) * CE(labels): a black box gives answers, and no probabilities.

    All logits are (rows, labels), labels (rows,) with -1 for none. The teacher's answer is its largest logit alone.
    """
    of_teacher = true_label_loss(student_logits, teacher_logits.argmax(-1))
    return of_teacher if weight == 1 else weight * of_teacher + (1 - weight) * true_label_loss(student_logits, labels)


def hidden_state_loss(student: torch.Tensor, teacher: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """MSE(H_S W, H_T) over real tokens (Jiao et al. 2020, TinyBERT, equations 8 and 9).

    student, already in the teacher's size, and teacher are (texts, tokens, size); mask (texts, tokens) is 0 for padding.
    """
    real = mask.bool()
    return functional.mse_loss(student[real], teacher[real])


def attention_scores(query: torch.Tensor, key: torch.Tensor, heads: int) -> torch.Tensor:
    """Q K^T / sqrt(size of a head), before the softmax: (texts, heads, tokens, tokens) of (texts, tokens, heads * size of a head)."""
    by_head = [each.unflatten(-1, (heads, -1)).transpose(1, 2) for each in (query, key)]
    return by_head[0] @ by_head[1].transpose(-1, -2) * by_head[0].shape[-1] ** -0.5


def attention_loss(student: torch.Tensor, teacher: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """1/h * sum over heads of MSE(A_S, A_T) over pairs of real tokens (Jiao et al. 2020, equation 7; A before its softmax, as there).

    Scores are (texts, heads, tokens, tokens). Where heads differ in number, the means over heads are compared.
    """
    if student.shape[1] != teacher.shape[1]:
        student, teacher = student.mean(1, keepdim=True), teacher.mean(1, keepdim=True)
    pairs = (mask.unsqueeze(1) * mask.unsqueeze(2)).bool().unsqueeze(1).expand_as(teacher)
    return functional.mse_loss(student[pairs], teacher[pairs])


def relation_loss(student: torch.Tensor, teacher: torch.Tensor, mask: torch.Tensor, heads: int) -> torch.Tensor:
    """KL(softmax(X_T X_T^T / sqrt(d_T)) || softmax(X_S X_S^T / sqrt(d_S))), X the queries, keys or values of a layer's heads, put
    side by side and divided anew into `heads` relation heads of size d; the mean over real tokens and heads (Wang et al. 2021,
    MiniLMv2, section 3.1).

    X are (texts, tokens, size); both sizes are multiples of `heads` and need not be equal.
    """
    padding = ~mask.bool()[:, None, None, :]
    of_student, of_teacher = (functional.log_softmax(attention_scores(each, each, heads).masked_fill(padding, -torch.inf), -1)
                              .masked_fill(padding, 0) for each in (student, teacher))
    weights = of_teacher.exp().masked_fill(padding, 0)
    rows = (weights * (of_teacher - of_student)).sum(-1)
    return rows.transpose(1, 2)[mask.bool()].mean()
