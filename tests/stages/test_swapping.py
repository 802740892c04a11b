"""The word lists, shipped and one's own, and which test texts are swapped within the budget."""

import pytest

from core import settings
from core.errors import UserError
from core.models.sources import locate
from core.models.tokens import Tokeniser
from core.quality import swapped
from core.stages.swapping import by_kind, swapped_texts, terms

TEXTS = [f"{who} {('likes', 'hates')[i % 2]} film {i}" for i, who in enumerate(["She", "A Christian", "Nobody", "John"] * 50)]


@pytest.fixture(scope="module")
def tokeniser():
    return Tokeniser(locate("minilm"), 32)


def test_the_shipped_lists_hold_pairs_of_different_words_and_every_pair_works():
    found = terms()
    assert {"gender", "names", "religion", "nationality"} <= found.keys()
    for pairs in found.values():
        for first, second in pairs:
            assert first.lower() != second.lower()
            assert swapped(f"x {first} y", pairs) not in (None, f"x {first} y")


def test_each_text_stands_once_under_each_kind_whose_terms_it_holds(tokeniser):
    swaps = swapped_texts(TEXTS, 1_000_000, tokeniser, 0)
    kinds = {kind: swaps[inside] for kind, inside in by_kind(swaps).items()}
    assert {kind: len(rows) for kind, rows in kinds.items()} == {"gender": 50, "names": 50, "religion": 50, "": 150}
    for text, row in zip(kinds["gender"]["text"], kinds["gender"]["row"], strict=True):
        assert text == TEXTS[row].replace("She", "He")
    assert set(kinds["religion"]["row"]) == set(range(1, 200, 4))


def test_the_budget_is_a_quarter_shared_by_kinds_and_drawn_by_seed(tokeniser):
    swaps = swapped_texts(TEXTS, 3_000, tokeniser, 1)
    lengths = {kind: sum(map(len, tokeniser(swaps["text"][inside].tolist()))) for kind, inside in by_kind(swaps).items() if kind}
    assert all(230 < tokens <= 250 for tokens in lengths.values()), lengths
    assert swaps.equals(swapped_texts(TEXTS, 3_000, tokeniser, 1)) and not swaps.equals(swapped_texts(TEXTS, 3_000, tokeniser, 2))


def test_a_copy_in_the_data_folder_wins(tokeniser):
    settings.home().joinpath("identity_terms.toml").write_text('mine = [["likes", "hates"]]')
    assert terms() == {"mine": (("likes", "hates"),)}
    assert len(swapped_texts(TEXTS, 1_000_000, tokeniser, 0)) == 200
    settings.home().joinpath("identity_terms.toml").write_text("")
    assert terms() == {} and len(swapped_texts(TEXTS, 1_000, tokeniser, 0)) == 0 and by_kind(swapped_texts(TEXTS, 1, tokeniser, 0)) == {}


@pytest.mark.parametrize(("content", "told"), [
    ('mine = [["a"]]', "mine is no list of pairs"), ("mine = 3", "mine is no list of pairs"), ('mine = [["a", " "]]', "no list of pairs"),
    ("mine = [", "cannot be read"), ("x = '" + "a" * 200_001 + "'", "larger than 200 kB"),
    ("x = [" + '["a", "b"],' * 2_001 + "]", "more than 2,000 pairs")])
def test_a_broken_copy_is_refused_in_one_sentence(content, told):
    settings.home().joinpath("identity_terms.toml").write_text(content)
    with pytest.raises(UserError, match=told) as refused:
        terms()
    assert "\n" not in str(refused.value)
