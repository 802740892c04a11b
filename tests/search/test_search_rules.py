"""Which trials are hopeless, what is kept, and that what is kept is never worse than the study's own students."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.search.rules import Limits, Outcome, Pace, behind, best, front, hopeless, kept

LIMITS = Limits(least=0.75, teacher=0.8, latency_ms=10)
outcomes = st.lists(st.builds(Outcome, st.integers(1, 99), st.sampled_from("abcdefgh"), st.floats(0.01, 9), st.floats(0, 1), st.booleans()),
                    max_size=20, unique_by=lambda one: one.number)


def one(number, student, ms, accuracy, passes=True, curve=(), sure=False):
    return Outcome(number, student, ms, accuracy, passes, curve, sure)


def test_a_limit_that_is_broken_is_named():
    assert LIMITS.broken(0.75, 10) == ""
    assert LIMITS.broken(0.74, 1) == "74.0 % is less than the 75.0 % that it must have"
    assert "take 11 ms" in LIMITS.broken(0.8, 11)
    assert Limits(0.75, 0.8, None).broken(0.8, 1e6) == ""


def test_serving_must_fit_into_the_memory_that_was_stated():
    small = Limits(least=0.75, teacher=0.8, memory_mb=1_500)
    assert small.broken(0.8, 1e6, 1_500) == "" == Limits(0.75, 0.8).broken(0.8, 1, 1e9)
    assert small.broken(0.8, 1, 1_501) == hopeless(5, 1, small, [], 1_501) == "serving it takes 1,501 MB, and 1,500 MB is the limit"


def test_a_student_is_not_trained_where_a_cheaper_one_is_as_good_as_the_teacher_or_it_is_far_too_slow():
    assert hopeless(5, 1, LIMITS, []) == ""
    assert hopeless(5, 1, LIMITS, [one(3, "a", 5, 0.8)]) == "trial 3 costs no more and is as accurate as the teacher"
    assert hopeless(5, 1, LIMITS, [one(3, "a", 5.1, 0.9)]) == "", "that one costs more"
    assert hopeless(5, 1, LIMITS, [one(3, "a", 1, 0.79)]) == "", "it may be beaten"
    assert hopeless(5, 1, LIMITS, [one(3, "a", 1, 0.9, passes=False)]) == "", "that one is of no use"
    assert hopeless(5, 14, LIMITS, []) == "", "may be noise"
    assert "far beyond the limit" in hopeless(5, 16, LIMITS, [])


def test_a_student_is_given_up_while_it_learns_only_late_and_far_behind_a_cheaper_one_at_the_same_share():
    cheaper = [one(3, "a", 1, 0.8, curve=((0.25, 0.5), (0.5, 0.7), (0.75, 0.78)))]
    assert behind(0.5, 0.66, 2, cheaper).startswith("66.0 % after 50 % of its training, where trial 3")
    assert behind(0.5, 0.671, 2, cheaper) == "", "less than 3 points behind"
    assert behind(0.6, 0.671, 2, cheaper) == "", "at 60 % the cheaper one is known as it was at 50 %"
    assert behind(0.75, 0.671, 2, cheaper) != ""
    assert behind(0.25, 0.1, 2, cheaper) == "", "too early to tell"
    assert behind(0.75, 0.1, 0.9, cheaper) == "" and behind(0.75, 0.1, None, cheaper) == "", "it costs less, or perhaps"
    assert behind(0.75, 0.1, 2, [one(3, "a", 1, 0.9)]) == "", "how the other one learnt is not known"


def test_the_time_that_a_training_needs_follows_from_its_steps_and_not_from_its_start():
    pace = Pace()
    assert pace.needed_s(100.0, 0.01) is None, "the first step, whenever it is"
    assert pace.needed_s(101.0, 0.05) is None, "too early"
    assert pace.needed_s(104.0, 0.11) == pytest.approx(4 / 0.10 * 0.89)
    assert pace.needed_s(140.0, 1.0) == 0


def test_the_cheapest_that_passes_comes_first_then_what_stands_beside_it_on_the_front():
    seen = [one(1, "a", 1, 0.5, passes=False), one(2, "b", 2, 0.7, passes=False), one(3, "c", 3, 0.76), one(4, "d", 4, 0.78),
            one(5, "e", 5, 0.77), one(6, "c", 3.5, 0.765)]
    assert [each.number for each in front(seen)] == [1, 2, 3, 6, 4]
    assert best(seen).number == 3
    assert [each.student for each in kept(seen, 9)] == ["c", "b", "a", "d"], "each student once, nothing that is beaten"
    assert [each.student for each in kept(seen, 2, known={"c"})] == ["b", "a"]
    assert [each.student for each in kept(seen[:2], 2)] == ["b", "a"], "nothing passes: the most accurate"


def test_the_cheapest_that_surely_passes_comes_second():
    seen = [one(1, "a", 1, 0.7, passes=False), one(2, "b", 2, 0.76), one(3, "c", 3, 0.77), one(4, "d", 4, 0.78, sure=True),
            one(5, "e", 5, 0.9, sure=True)]
    assert [each.student for each in kept(seen, 3)] == ["b", "d", "a"]
    assert [each.student for each in kept(seen[3:], 3)] == ["d", "e"], "each once"
    limits = Limits(least=0.75, teacher=0.8)
    assert limits.surely(-4.9) and not limits.surely(-5.1) and not limits.surely(None)


def test_the_cheapest_that_passes_is_kept_where_a_cheaper_and_better_one_breaks_the_latency_limit():
    seen = [one(1, "a", 1, 0.9, passes=False), one(2, "b", 2, 0.8), one(3, "c", 3, 0.95)]
    assert [each.student for each in kept(seen, 3)] == ["b", "a", "c"]


@given(outcomes, outcomes, st.integers(1, 4))
def test_what_is_kept_is_never_worse_than_the_best_of_the_studys_own(own, found, keep):
    own = [Outcome(each.number, f"own {each.student}", each.ms, each.accuracy, each.passes) for each in own]
    known = {each.student for each in own}
    after = best([*own, *kept([*own, *found], keep, known)])
    before = best(own)
    assert before is None or (after is not None and after.passes and after.ms <= before.ms)
    everything = best([*own, *found])
    assert (after and after.ms) == (everything and everything.ms), "the cheapest of all is among what joins the study"
