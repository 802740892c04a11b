"""Each published claim with what became of it here: the rule in words, and the verdict. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.claims import bias, measured, methods, money
from core.claims.evidence import Answer, Evidence
from core.claims.published import Claim
from core.claims.rules import VERDICTS, Finding, Verdict
from core.figures import Figure, not_measured

# The rule of each claim in one line, and what applies it. Numbers in braces are the claim's own bounds.
RULES: Mapping[str, tuple[str, Callable[[Evidence, Claim], Answer]]] = {
    "C1": ("Holds if the whole interval of the throughput ratio is at or above {speedup.promised}, does not if all of it is below; more "
           "than {speedup.most} still holds and is said.", measured.speed_up),
    "C2": ("Holds if the claim's own price, at {multiple.low:g} times the rate that its own first cost implies, gives a cost within half "
           "a cent of $0.12 a million; exact arithmetic for a machine that is never idle.", money.cheaper_machine_time),
    "C3": ("Holds if the whole interval of 1 − 1 / (ratio of mean latencies) is at or above {reduction.promised}, does not if all of it "
           "is below.", measured.response_time),
    "C4": ("Holds if the whole interval of the retention is at or above {retention.promised}, does not if all of it is below; above "
           "{retention.most} still holds, since nobody is let down by keeping more.", measured.retention),
    "C5": ("Holds if at least 97.5 % of the draws have an NPV of 0 or more over the best option without distillation at "
           "{break_even.promised}, the most that “millions” can mean; does not if at most 2.5 % have.", money.volume),
    "C6": ("Holds if parameters and bytes, both counted, are each at least {reduction.promised} fewer than the teacher's; does not if "
           "one of them is not.", measured.smaller),
    "C7": ("Holds if the whole interval of the throughput ratio is at or above {speedup.promised}, read as 60 % more predictions in the "
           "same time; does not if all of it is below.", measured.faster),
    "C8": ("Holds if both intervals do, retention at or above {retention.promised} and throughput ratio at or above {speedup.promised}; "
           "does not if all of one is below.", measured.kept_and_faster),
    "C9": ("Holds if the middle 95 % of the draws of the ratio of costs are at or above {factor.promised}, does not if all of them are "
           "below; more than {factor.most} still holds and is said.", money.api_against_student),
    "C10": ("Holds if the whole interval of the share that the student answers alone is at or above {answered.promised} and the cascade "
            "surely keeps the margin on test texts; does not if all of the share is below.", measured.routine),
    "C11": ("Holds if the interval of the gain over the control, over at least 6 seeds in pairs, is above 0, does not if it ends at 0 or "
            "below; one seed compares two models and decides nothing.", measured.soft_labels),
    "C12": ("Holds if after distillation, quantisation (the teacher in int8) and pruning (the pruned teacher) the whole interval of the "
            "accuracy difference is at or above −5, −1 and −5 points and that of the throughput ratio at or above 2, 1 and 1; does not if "
            "all of one is below. The published table gives words; this is how they are read.", methods.three_methods),
    "C13": ("Holds if the student surely repeats more of its teacher's errors than its control does (without one: than chance), and surely "
            "widens the teacher's gap between slices or loses more on one slice than on all texts (interval against interval); otherwise "
            "undecided, as one study cannot refute that something can happen.", bias.biases),
    "C14": ("Waits until students by both methods are measured over several sizes of the transfer set; with one size "
            "their accuracies are shown.", measured.black_box),
}


@dataclass(frozen=True)
class Assessment:
    """One claim and what became of it.

    rule: when it holds, in words. findings: the figures that decide, in order; beside: others that were seen. remark: what these do
    not say. hardware: on which ours were measured. need: what would supply or settle it; page: where in the browser ("" for nowhere).
    """

    claim: Claim
    rule: str
    verdict: Verdict
    remark: str
    findings: tuple[Finding, ...]
    beside: Mapping[str, Figure]
    hardware: str
    need: str
    page: str

    @property
    def reason(self) -> str:
        """Why it has this verdict, in one or two sentences."""
        told = "; ".join(found.sentence for found in self.findings)
        return f"{told}. {self.remark}".strip() if told else self.remark

    @property
    def figure(self) -> Figure:
        """The first figure that decides; unknown with the reason where the claim waits."""
        return self.findings[0].figure if self.findings else not_measured("", self.remark.rstrip("."))


def assess(claims: Sequence[Claim], seen: Evidence) -> tuple[Assessment, ...]:
    """One assessment for each claim, in their order. KeyError for a claim without a rule."""
    return tuple(_one(claim, seen) for claim in claims)


def _one(claim: Claim, seen: Evidence) -> Assessment:
    found = RULES[claim.id][1](seen, claim)
    return Assessment(claim, rule_of(claim), found.verdict, found.remark, found.findings, found.beside, found.hardware, found.need,
                      found.page)


def rule_of(claim: Claim) -> str:
    """When the claim holds, with its own numbers."""
    return RULES[claim.id][0].format(**claim.bounds)


def tally(assessments: Sequence[Assessment]) -> dict[Verdict, int]:
    """How many claims have each verdict, in the order of VERDICTS."""
    return {verdict: sum(found.verdict == verdict for found in assessments) for verdict in VERDICTS}


PLURAL = {"holds": ("holds", "hold"), "does not hold": ("does not", "do not"), "undecided": ("is undecided", "are undecided"),
          "waiting": ("waits", "wait")}


def tally_in_words(assessments: Sequence[Assessment]) -> str:
    """The tally as a sentence: "1 holds, 2 do not, 5 are undecided and 6 wait."; verdicts that none has are left out."""
    told = [f"{count} {PLURAL[verdict][count != 1]}" for verdict, count in tally(assessments).items() if count]
    if not told:
        return "There is no claim."
    return (f"{', '.join(told[:-1])} and {told[-1]}" if len(told) > 1 else told[0]) + "."
