"""What others have published about distillation, set against a study's figures: rules and verdicts. Pure."""

from core.claims.assess import Assessment, assess, rule_of, tally, tally_in_words
from core.claims.evidence import Evidence
from core.claims.published import Bound, Claim, parse
from core.claims.rules import VERDICTS, Finding, Verdict, combine, judge

__all__ = ["VERDICTS", "Assessment", "Bound", "Claim", "Evidence", "Finding", "Verdict", "assess", "combine", "judge", "parse",
           "rule_of", "tally", "tally_in_words"]
