"""What the words of a report mean, with the formula where there is one and its source where it is not common knowledge."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """A word, what it means, and its formula ("" for none)."""

    word: str
    meaning: str
    formula: str = ""


TERMS = (
    Term("Cost a month", "what serving, monitoring and storage cost in the first month in which every option serves.",
         "machines × price per hour × 730 h, or the bill or calls of that month"),
    Term("Cost of a million predictions", "what is really paid, idle time included. The bench cost beside it is the floor: a machine "
         "that is never idle.", "month's cost ÷ its predictions × 10⁶; bench: price per hour ÷ (3,600 × rate) × 10⁶"),
    Term("Machines", "enough for the busiest second, with headroom.",
         "max(fewest, ⌈predictions a day ÷ 86,400 × peak-to-mean ÷ (rate × target utilisation)⌉) + spare"),
    Term("Total cost", "all costs of months 0 to the horizon, undiscounted."),
    Term("Present value", "what later money is worth today.", "Σ flow of month m ÷ (1 + r)^m, with (1 + r)¹² = 1 + yearly discount rate"),
    Term("Net flow", "what the other option costs in a month less what this one costs. Both start from today's system, which is paid "
         "until go-live and for the parallel months after it."),
    Term("NPV", "net present value: the net flows of all months at their present value. Above 0 the option is worth more than the "
         "other one.", "present value of the other option's costs − present value of this option's costs"),
    Term("IRR", "internal rate of return: the yearly rate at which the NPV is 0; given only where the net flows change sign once."),
    Term("Payback", "months from the decision until the running sum of net flows reaches 0 for the last time, linear inside the month."),
    Term("Discounted payback", "the same with net flows at their present value."),
    Term("Net benefit", "the sum of all net flows, upfront included, undiscounted."),
    Term("ROI", "return on investment, undiscounted.", "net benefit ÷ what is spent upfront beyond the other option"),
    Term("Most that may be spent upfront", "the upfront cost at which the NPV is 0.", "NPV + upfront cost"),
    Term("Break-even volume", "the smallest predictions a day above which the NPV never falls below 0 again; fleets grow by whole "
         "machines, so there may be several crossings, and all are listed."),
    Term("Break-even loss of accuracy", "the accuracy points that may be lost, at the stated cost of an error, before the NPV is 0."),
    Term("P10, P50, P90", "one draw in ten lies below P10, half below P50, nine in ten below P90. Draws are a Latin hypercube over all "
         "inputs that have a range; a draw that never pays back counts as infinitely long."),
    Term("What moves the answer", "each input at its own P10 and P90 with all others at their plain values, and the NPV that follows "
         "(a tornado chart)."),
    Term("Value of knowing", "what it is worth to know an input exactly before deciding: expected value of partial perfect information, "
         "by regression on the draws (Strong, Oakley and Brennan, 2014).",
         "E[max over options of E(NPV | input)] − max over options of E(NPV)"),
    Term("95 % interval", "the range in brackets after a value. For a measured figure it comes from resampling or repeated runs, for an "
         "assumed one from the range that was stated."),
)
EVIDENCE = (
    ("measured", "by this project, in a run that the source names, on the device that is named"),
    ("catalogue", "from a dated price list"),
    ("published", "from somebody's publication, not checked here"),
    ("assumed (user)", "stated by a person"),
    ("assumed (default)", "a default that nobody has confirmed"),
    ("derived", "computed from other figures; it is only as strong as its weakest input"),
    ("not measured", "unknown, with the reason; it is never counted as 0"),
)
STATUSES = (
    ("pass", "the rule is met"), ("warn", "met, with a doubt that is named"), ("fail", "not met"),
    ("not enough evidence", "nobody knows yet; the action says what would tell"),
)
