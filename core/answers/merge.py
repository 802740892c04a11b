"""One answer for each text: equal answers are merged, of different ones the majority stands."""

from __future__ import annotations

import pandas as pd

from core.answers.types import keys


def merged(rows: pd.DataFrame, counts: dict[str, int]) -> pd.DataFrame:
    """The first row of each text with the answer that most of its rows give, those with probabilities before others; texts whose
    answers have no majority go. rows: text, label, p_0, ...; counts is told what became of the others."""
    key = pd.factorize(keys(rows["text"].tolist()))[0]
    votes = rows.assign(key=key).groupby(["key", "label"], sort=False).size().rename("votes").reset_index()
    most = votes.groupby("key")["votes"].transform("max")
    winners = votes[votes["votes"] == most]
    tied = winners.groupby("key")["label"].transform("size") > 1
    chosen = winners[~tied].set_index("key")["label"]
    wanted = pd.Series(key, index=rows.index).map(chosen)
    lost, wins = wanted.isna().to_numpy(), (rows["label"] == wanted).to_numpy()
    kept = rows[wins].assign(key=key[wins], lacks=rows["p_0"].isna()[wins])
    first = kept.sort_values(["lacks"], kind="stable").drop_duplicates("key").sort_index()
    counts |= {"merged": int(wins.sum()) - len(first), "outvoted": int((~wins & ~lost).sum()), "contradicting": int(lost.sum())}
    return first.drop(columns=["key", "lacks"]).reset_index(drop=True)
