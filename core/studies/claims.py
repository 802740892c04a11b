"""The published claims, set against a decision: what this project computed or measured for each, and whether it holds."""

from __future__ import annotations

from functools import lru_cache

from core import claims, pricing
from core.claims import Assessment, Claim, Evidence, tally, tally_in_words
from core.claims.money import price_near
from core.figures import Figure
from core.settings import ASSETS
from core.studies import prices
from core.studies.decide import Decision
from core.studies.plan import TEACHER_LAYERS
from core.studies.seeds import gains, siblings
from core.studies.slices import differences

__all__ = ["Assessment", "assess", "published", "tally", "tally_in_words"]

CLAIMS_FILE = ASSETS / "claims" / "claims.csv"
PRICED = "C2"  # the claim that names an instance, and a price for it
INSTANCES = "aws/g4dn."


@lru_cache(maxsize=1)
def published() -> tuple[Claim, ...]:
    """The shipped list of claims, in its order. Raises UserError for a damaged file."""
    return claims.parse(CLAIMS_FILE.read_text(encoding="utf-8"))


def assess(decision: Decision) -> tuple[Assessment, ...]:
    """Each claim with its verdict under this decision; a case without draws leaves what needs them undecided."""
    return claims.assess(published(), evidence(decision))


def evidence(decision: Decision) -> Evidence:
    """What of a decision the claims are set against. Raises UserError for a damaged price list."""
    best = decision.best  # claims are about models; in which way one is served is the decision's affair
    student = decision.study.model(best.name, best.role) if best else None
    return Evidence(
        study=decision.study, margin=decision.inputs["accuracy_margin_points"], student=student, case=decision.roi,
        options=decision.options, comparison=decision.against, qualifies=decision.qualifies,
        slices=differences(student) if student else {}, listed_price=_listed_price(),
        is_drawn=decision.outlook is not None, bundled_layers=TEACHER_LAYERS, gains=gains(decision.study, siblings(decision.study)))


def _listed_price() -> Figure | None:
    """The price of the G4dn instance with one GPU that is nearest to what the claim says."""
    claim = next(claim for claim in published() if claim.id == PRICED)
    rows = [row for row in prices.instances() if row.key.startswith(INSTANCES) and row.gpu_count == 1]
    return price_near(claim, [(row.usd_per_hour, pricing.price(row)) for row in rows])
