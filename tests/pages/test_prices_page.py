"""The page Prices: the list and its filters, own prices, newer ones, API calls, carbon."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.pricing import find
from core.settings import ROOT
from core.studies import own_prices, price_files, prices
from pages.ui import reads
from tests.pages.conftest import Opener, texts
from tests.pages.made import make_study
from tests.studies.test_prices_own import BOX, T4, sheet
from tests.studies.test_prices_refresh import AWS, packed


@pytest.fixture
def page() -> Opener:
    """Opens a page at once, not by way of the overview."""

    def open_page(name: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        app.switch_page(f"pages/{name}.py").run()
        assert not app.exception, [box.message for box in app.exception]
        return app

    return open_page


def opened(app: AppTest, part: str) -> AppTest:
    """The page with one of its closed parts open."""
    app.session_state[part] = True
    app.run()
    assert not app.exception, [box.message for box in app.exception]
    return app


def listed(app: AppTest) -> list[str]:
    return list(app.dataframe[0].value["Instance"])


def test_the_list_is_filtered_by_words_provider_and_accelerator(page: Opener) -> None:
    app = page("prices")
    assert len(listed(app)) == 46 and "46 of 46 instances" in texts(app)
    assert set(app.dataframe[0].value["Age"].str.partition(":")[0]) == {"stale"}
    app.text_input(key="price-filter").input("t4 EAST").run()
    assert listed(app) == ["aws/g4dn.xlarge", "aws/g4dn.2xlarge", "aws/g4dn.12xlarge", "azure/Standard_NC4as_T4_v3"]
    app.selectbox(key="price-provider").select("azure").run()
    assert listed(app) == ["azure/Standard_NC4as_T4_v3"]
    app.text_input(key="price-filter").input("").run()
    app.radio(key="price-kind").set_value("CPU only").run()
    assert listed(app) == ["azure/Standard_D4s_v5", "azure/Standard_F4s_v2"]


def test_closed_parts_are_not_drawn_and_load_no_price_data() -> None:
    code = f"""
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({str(ROOT / "app.py")!r}, default_timeout=60).run()
app.switch_page("pages/prices.py").run()
assert not app.exception and len(app.dataframe) == 1
print([name for name in sys.modules if name.partition(".")[0] in ("genai_prices", "gpuhunt", "codecarbon")])
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert ran.stdout.strip() == "[]"


def test_own_prices_stand_first_and_are_marked(page: Opener) -> None:
    own_prices.add(T4, reads.today())
    app = page("prices")
    first = app.dataframe[0].value.iloc[0]
    assert (first["Instance"], first["Whose"], first["USD per hour"], first["Age"]) == ("aws/g4dn.xlarge", "own", 0.4, "fresh: 0 days")
    assert list(app.dataframe[0].value["Whose"]).count("shipped") == 45


def test_a_price_is_typed_changed_and_deleted(page: Opener) -> None:
    app = opened(page("prices"), "open-own-price")
    for column, value in (("provider", "own"), ("instance", "box"), ("region", "cellar")):
        app.text_input(key=f"own-{column}-").input(value)
    app.number_input(key="own-vcpus-").set_value(8)
    app.number_input(key="own-usd_per_hour-").set_value(0.5)
    _press(app, "Keep as own price")
    assert "own/box in cellar is kept as own price." in texts(app) and listed(app)[0] == "own/box"
    (row,) = price_files.own()
    assert (row.source, row.as_of, row.usd_per_hour, row.gpu) == ("typed by hand", reads.today(), 0.5, None)
    app.selectbox(key="price-start").select("own/box\ncellar").run()
    app.number_input(key="own-usd_per_hour-own/box\ncellar").set_value(0.4)
    _press(app, "Keep as own price")
    assert find(prices.instances(), "own/box").usd_per_hour == 0.4
    app.selectbox(key="price-start").select("own/box\ncellar").run()
    app.button(key="delete-price").click().run()
    assert "own/box in cellar is no longer an own price." in texts(app) and price_files.own() == ()
    assert "own/box" not in listed(app)


def test_a_listed_price_is_where_an_own_one_starts(page: Opener) -> None:
    app = opened(page("prices"), "open-own-price")
    app.selectbox(key="price-start").select("aws/g4dn.xlarge\nus-east-1").run()
    assert not [button for button in app.button if button.key == "delete-price"]
    assert app.text_input(key="own-source-aws/g4dn.xlarge\nus-east-1").value == ""
    app.number_input(key="own-usd_per_hour-aws/g4dn.xlarge\nus-east-1").set_value(0.3)
    _press(app, "Keep as own price")
    row = find(prices.instances(), "aws/g4dn.xlarge")
    assert (row.usd_per_hour, row.gpu, row.vcpus, row.source) == (0.3, "T4", 4, "typed by hand")


def test_a_price_that_is_not_whole_is_refused_and_nothing_kept(page: Opener) -> None:
    app = opened(page("prices"), "open-own-price")
    app.text_input(key="own-provider-").input("<b>own")
    _press(app, "Keep as own price")
    assert [error.value for error in app.error] == [
        r"instance\: '' is not accepted; write the instance's name, in at most 500 characters that can be printed\."]
    assert price_files.own() == ()


def test_the_decision_follows_the_list(page: Opener) -> None:
    make_study("mine")
    before = page("prices").metric[0].value
    matched = reads.matched_instance({"gpus": [], "cores": 2, "memory_bytes": 8 * 2**30}, "cpu")[0]
    assert matched == "aws/m6i.large"
    own_prices.add(BOX | {"vcpus": "2", "memory_gib": "8", "usd_per_hour": "0.01"}, reads.today())
    after = page("prices")
    assert (before, after.metric[0].value) == (r"\$0\.096", r"\$0\.01")
    assert "own/box" in texts(after)


def test_a_file_is_imported_whole_or_refused(page: Opener) -> None:
    app = opened(page("prices"), "open-import-prices")
    app.file_uploader[0].upload("bad.csv", sheet(BOX, T4 | {"usd_per_hour": "free"})).run()
    app.button(key="import-prices").click().run()
    assert "row 3, column usd_per_hour: 'free'" in app.error[0].value.replace("\\", "") and price_files.own() == ()
    app.file_uploader[0].upload("mine.csv", sheet(BOX, T4)).run()
    app.button(key="import-prices").click().run()
    assert "Own prices kept: 2; rows that the list had just so: 0." in texts(app)
    assert listed(app)[:2] == ["aws/g4dn.xlarge", "own/box"]


def test_texts_of_files_run_neither_in_the_browser_nor_in_a_sheet(page: Opener) -> None:
    own_prices.add(BOX | {"instance": "=HYPERLINK(1)", "region": "@x", "source": "+1"}, reads.today())
    first = page("prices").dataframe[0].value.iloc[0]
    assert (first["Instance"], first["Region"], first["Source"]) == ("own/=HYPERLINK(1)", "'@x", "'+1")


def test_newer_prices_are_shown_and_kept_once_approved(page: Opener, tmp_path: Path) -> None:
    catalogue = packed(tmp_path / "catalogue.zip", aws=AWS)
    app = opened(page("prices"), "open-refresh")
    app.text_input(key="price-add").input("aws/g6.2xlarge")
    app.file_uploader[0].upload("catalogue.zip", catalogue.read_bytes())
    _press(app, "Look for newer prices")
    changes = app.dataframe[1].value
    assert dict(zip(changes["Instance"], changes["What"], strict=True)) == {
        "aws/g6.2xlarge": "new", "aws/g4dn.xlarge": "changed", "aws/c5.xlarge": "changed",
        "aws/g4dn.2xlarge": "same price, later date"}
    assert changes.loc[changes["Instance"] == "aws/g4dn.xlarge", "Change"].item() == pytest.approx(4.56, abs=0.01)
    assert "Not read: azure, gcp, lambda, runpod" in texts(app) and price_files.refreshed() == ()
    app.session_state["price-changes"] = {"edited_rows": {0: {"Take": False}}, "added_rows": [], "deleted_rows": []}
    app.run()
    assert app.button(key="approve-prices").label == "Take over 3 of 4"
    app.button(key="approve-prices").click().run()
    assert "Prices taken over: 3." in texts(app)
    assert [row.key for row in price_files.refreshed()] == ["aws/g4dn.xlarge", "aws/c5.xlarge", "aws/g4dn.2xlarge"]
    app = opened(app, "open-earlier")
    assert set(app.dataframe[-1].value["Instance"]) == {"aws/g4dn.xlarge", "aws/c5.xlarge", "aws/g4dn.2xlarge"}


def test_without_a_network_the_page_says_so(page: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPUHUNT_CATALOG_URL", "http://127.0.0.1:9")
    app = opened(page("prices"), "open-refresh")
    assert "This needs a network" in texts(app)
    _press(app, "Look for newer prices")
    assert "check the network, or give a downloaded catalogue" in app.error[0].value and len(app.dataframe) == 1


def test_a_call_of_an_api_is_priced(page: Opener) -> None:
    app = opened(page("prices"), "open-api")
    assert "models of openai are known" in texts(app)
    app.selectbox(key="api-model-openai").select("gpt-4o-mini").run()
    assert [metric.value for metric in app.metric][-2:] == [r"\$0\.000072", r"\$72"]
    assert r"A million tokens: input **$0.15**, cached input **$0.075**, output **$0.60**." in texts(app)
    app.number_input(key="api-cached").set_value(401).run()
    assert "cached: 401 tokens are more than the 400" in app.error[0].value.replace("\\", "")


def test_a_grid_is_chosen(page: Opener) -> None:
    app = opened(page("prices"), "open-carbon")
    before = len(app.metric)
    app.selectbox(key="grid-country").select("FRA").run()
    app.number_input(key="grid-kwh").set_value(100.0).run()
    assert [metric.value for metric in app.metric][before:] == [r"56\.0 g/kWh", r"5\.60 kg"]
    app.selectbox(key="grid-country").select("CAF").run()
    assert [metric.value for metric in app.metric][before:] == ["not measured", "not measured"]


def test_the_gpus_are_told(page: Opener) -> None:
    assert len(opened(page("prices"), "open-gpus").dataframe[-1].value) == 12


def _press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception, [box.message for box in app.exception]
