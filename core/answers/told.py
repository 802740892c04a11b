"""What became of the rows of an answers file, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.answers.types import AnswersInfo

# Rows that give no text of their own: left out, or merged with another row of the same text.
LEFT_OUT = {
    "no_text": "without a text", "no_answer": "without an answer", "unknown_label": "with an answer that is no label of the task",
    "merged": "merged with an equal answer to the same text", "outvoted": "outvoted by other answers to the same text",
    "contradicting": "left out, as answers to the same text contradict each other without a majority",
}
# Rows that are taken, less something or with something mended.
MENDED = {
    "label_mended": "with a label whose case, spaces or punctuation were mended", "cut": "with a text cut to the length that a task keeps",
    "p_normalised": "with probabilities brought to a sum of 1", "p_missing": "without a usable probability of each label",
    "p_range": "with probabilities below 0 or above 1, which are ignored",
    "p_sum": "with probabilities far from a sum of 1, which are ignored",
    "p_against": "with probabilities that contradict their label, which are ignored",
    "latency_unit": "with a latency whose unit was converted", "latency_missing": "without a latency",
    "latency_bad": "with a latency that is no time, which is ignored", "tokens_missing": "without numbers of tokens",
    "tokens_bad": "with numbers of tokens that cannot be, which are ignored",
}
KINDS = (*LEFT_OUT, *MENDED)


def sentences(info: AnswersInfo) -> tuple[str, ...]:
    """The total, where the texts stand, and each kind of defect with its rows."""
    total = f"{info.texts:,} texts with an answer from {info.rows:,} rows of {info.file}."
    splits = ", ".join(f"{number:,} {'in none of them' if split == 'other' else split}" for split, number in info.splits.items()
                       if number or split != "other")
    found = [total, f"Of the task's splits: {splits}."]
    found.append(f"{info.probabilities:,} of them with a probability of each label." if info.probabilities else
                 "None has probabilities: students learn from the answers alone.")
    found += [f"{info.counts[kind]:,} row{'' if info.counts[kind] == 1 else 's'} {words}."
              for kind, words in (LEFT_OUT | MENDED).items() if info.counts.get(kind)]
    if info.ignored:
        found.append(f"Columns without a meaning here: {', '.join(info.ignored)}.")
    return tuple(found)
