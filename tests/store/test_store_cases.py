"""Saved cases: what goes in comes out, they belong to their study, and only their name ever changes."""

import re

import pytest
from sqlalchemy import create_engine, inspect, text

from core import settings
from core.case import CaseInputs
from core.errors import UserError
from core.spec import StudySpec
from core.store import cases, migrations, studies

INPUTS = CaseInputs(predictions_per_day=7e6, ranges={"engineering_hours": "60 to 240"})
FROZEN = {"day": "2026-11-25", "study": {"models": [{"value": 0.1 + 0.2}]}}
OUTCOME = {"verdict": "pilot"}


def test_a_case_comes_back_as_it_went_in(study):
    case_id = cases.create(study, " Black   Friday ", INPUTS, FROZEN, OUTCOME, base="older")
    found = cases.get(case_id)
    assert re.fullmatch("[a-z0-9]{8}", case_id)
    assert (found.study_id, found.name, found.inputs, found.outcome, found.base) == (study, "Black Friday", INPUTS, OUTCOME, "older")
    assert cases.frozen(case_id) == FROZEN, "every digit is kept"


def test_cases_are_listed_by_study_oldest_first_and_the_example_has_its_own(study):
    studies.create("second", StudySpec(task="r8"), CaseInputs(), {}, "")
    first, other = cases.create(study, "a", INPUTS, FROZEN, OUTCOME), cases.create("second", "b", INPUTS, FROZEN, OUTCOME)
    third, example = cases.create(study, "c", INPUTS, FROZEN, OUTCOME), cases.create(None, "d", INPUTS, FROZEN, OUTCOME)
    assert [row.id for row in cases.of_study(study)] == [first, third]
    assert [[row.id for row in cases.of_study(of)] for of in ("second", None)] == [[other], [example]]


def test_the_same_measurements_have_the_same_hash_in_any_order(study):
    one = cases.create(study, "a", INPUTS, FROZEN, OUTCOME)
    two = cases.create(study, "b", CaseInputs(), dict(reversed(FROZEN.items())), {})
    three = cases.create(study, "c", INPUTS, FROZEN | {"day": "2026-11-26"}, OUTCOME)
    hashes = [cases.get(case).frozen_hash for case in (one, two, three)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_case_goes_with_its_study_and_with_nothing_else(study):
    gone, kept = cases.create(study, "a", INPUTS, FROZEN, OUTCOME), cases.create(None, "b", INPUTS, FROZEN, OUTCOME)
    copied = cases.create(None, "c", INPUTS, FROZEN, OUTCOME, base=kept)
    studies.delete(study)
    with pytest.raises(UserError, match=f"case: '{gone}' is not known"):
        cases.get(gone)
    cases.remove(kept)
    assert [row.base for row in cases.of_study(None)] == [kept] and cases.get(copied).base == kept


def test_a_name_can_change(study):
    case_id = cases.create(study, "a", INPUTS, FROZEN, OUTCOME)
    before = cases.get(case_id)
    cases.rename(case_id, "b")
    after = cases.get(case_id)
    assert (after.name, after.inputs, after.created_at, after.frozen_hash) == ("b", INPUTS, before.created_at, before.frozen_hash)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "\x00\x1b"])
def test_a_name_that_says_nothing_or_too_much_is_refused(study, name):
    with pytest.raises(UserError, match=r"name: .* has (0|81) letters; give the case a name of 1 to 80"):
        cases.create(study, name, INPUTS, FROZEN, OUTCOME)
    case_id = cases.create(study, "kept", INPUTS, FROZEN, OUTCOME)
    with pytest.raises(UserError, match="name: "):
        cases.rename(case_id, name)
    assert cases.get(case_id).name == "kept"


def test_a_study_has_only_so_many_cases(study, monkeypatch):
    monkeypatch.setattr(cases, "MOST", 2)
    for name in "ab":
        cases.create(study, name, INPUTS, FROZEN, OUTCOME)
    with pytest.raises(UserError, match="case: first has 2 saved cases already; delete one"):
        cases.create(study, "c", INPUTS, FROZEN, OUTCOME)
    assert cases.create(None, "d", INPUTS, FROZEN, OUTCOME)


@pytest.mark.parametrize("call", [cases.get, cases.frozen, cases.remove, lambda case_id: cases.rename(case_id, "x")])
def test_an_unknown_case_is_named(home, call):
    with pytest.raises(UserError, match=r"case: 'nope' is not known here; .*study cases"):
        call("nope")


def test_a_case_of_an_unknown_study_is_refused(home):
    with pytest.raises(UserError, match="study: 'nope' is not known"):
        cases.create("nope", "a", INPUTS, FROZEN, OUTCOME)


def test_an_older_database_gets_the_table_and_keeps_its_studies(home):
    made = create_engine(f"sqlite:///{settings.home() / 'distill-roi.db'}")
    alembic = migrations.config()
    with made.begin() as connection:
        alembic.attributes["connection"] = connection
        migrations.command.upgrade(alembic, "0002")
        assert "cases" not in inspect(connection).get_table_names()
        connection.execute(text("INSERT INTO studies VALUES ('old', '2026-01-02 03:04:05', :spec, '{}', '{}', '')"),
                           {"spec": StudySpec(task="r8").model_dump_json()})
    made.dispose()
    assert cases.of_study("old") == []
    assert cases.get(cases.create("old", "a", INPUTS, FROZEN, OUTCOME)).study_id == "old"
