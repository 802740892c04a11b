"""The Hub: a small server of its own speaks the Hub's protocol to the real client in a fresh process."""

import io
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core import settings, tasks

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FEATURES = {"info": {"features": {"label": {"names": ["neg", "pos"], "_type": "ClassLabel"}}}}


def parquet(prefix: str, count: int, hidden: bool = False) -> bytes:
    table = pa.table({"sentence": [f"{prefix} film number {i} was quite something" for i in range(count)],
                      "label": [-1 if hidden else i % 2 for i in range(count)]})
    out = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({"huggingface": json.dumps(FEATURES)}), out)
    return out.getvalue()


FILES = {
    "plain/train/0000.parquet": parquet("a", 100), "plain/train/0001.parquet": parquet("b", 100),
    "plain/validation/0000.parquet": parquet("c", 40), "plain/test/0000.parquet": parquet("d", 30, hidden=True),
    "other/train/0000.parquet": parquet("e", 100),
}


class Hub(BaseHTTPRequestHandler):
    def do_GET(self):
        body, headers = self.answer()
        self.send_response(200 if body else 404)
        for name, value in {"X-Repo-Commit": COMMIT, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def answer(self):
        path = self.path.split("?")[0]
        if path.startswith("/api/datasets/acme/films/revision/refs%2Fconvert%2Fparquet"):
            siblings = [{"rfilename": name, "size": len(data)} for name, data in FILES.items()]
            facts = {"id": "acme/films", "sha": COMMIT, "siblings": siblings, "tags": []}
            return json.dumps(facts).encode(), {"Content-Type": "application/json"}
        name = path.partition("/resolve/refs%2Fconvert%2Fparquet/")[2]
        return (FILES[name], {"ETag": f'"{hash(name)}"'}) if name in FILES else (b"", {"X-Error-Code": "RepoNotFound"})

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def endpoint():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def import_from(endpoint: str, home, arguments: str) -> str:
    """What the import answers: the id and facts as JSON, or the error's sentence."""
    code = ("import json, dataclasses\nfrom core import tasks\nfrom core.errors import UserError\n"
            f"try: print(json.dumps(dataclasses.asdict(tasks.import_hub({arguments}))))\n"
            "except UserError as error: print(error)")
    environment = {**os.environ, "HF_ENDPOINT": endpoint, "DISTILL_ROI_HOME": str(home), "HF_HUB_DISABLE_XET": "1"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=settings.ROOT,
                         timeout=120)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def test_a_configuration_is_imported_with_its_splits_and_label_names(endpoint, tmp_path, monkeypatch):
    found = json.loads(import_from(endpoint, tmp_path, "'acme/films', config='plain'"))
    assert (found["id"], found["origin"], found["labels"]) == ("acme-films", "hub", ["neg", "pos"])
    assert found["texts"]["validation"] == 40
    assert found["texts"]["train"] + found["texts"]["test"] == 200  # the hidden test is not one, so a test is made
    assert found["texts"]["unlabelled"] == 30
    assert "acme/films" in found["source"]
    monkeypatch.setenv("DISTILL_ROI_HOME", str(tmp_path))
    assert tasks.load("acme-films").info.texts == found["texts"]


def test_what_is_not_there_is_named(endpoint, tmp_path):
    assert "choose one of other, plain" in import_from(endpoint, tmp_path, "'acme/films'")
    assert "'acme/nothing'" in import_from(endpoint, tmp_path, "'acme/nothing'")
    assert "owner/name" in import_from(endpoint, tmp_path, "'a b/c/d'")


def test_without_a_network_one_sentence_names_the_remedy(tmp_path):
    answer = import_from("http://127.0.0.1:9", tmp_path, "'acme/films'")
    assert answer.startswith("dataset_id: 'acme/films' could not be fetched")
    assert "import a local file instead" in answer
    assert not list((tmp_path / "tasks").iterdir())
