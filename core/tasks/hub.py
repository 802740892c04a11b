"""Data sets of the Hugging Face Hub, by id, from the Parquet files that the Hub itself makes; no code of theirs runs."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from core import settings
from core.errors import UserError
from core.tasks import columns, files, registry
from core.tasks.columns import split_of
from core.tasks.parquet import read_parquet
from core.tasks.table import MAX_BYTES, Table, check_rows
from core.tasks.types import TaskInfo

TIMEOUT_S = 20
PARQUET_BRANCH = "refs/convert/parquet"
SPLIT = "split (of the Hub)"


def import_hub(dataset_id: str, *, config: str | None = None, revision: str | None = None, text_column: str | None = None,
               label_column: str | None = None, group_column: str | None = None, name: str | None = None,
               seed: int = 0) -> TaskInfo:
    """Import a Hub data set as a task. Its splits are kept; those that it lacks, or whose labels are hidden, are made.

    config: one of its configurations, needed where it has several. revision: a commit of the Parquet branch.
    Raises UserError, also where the Hub cannot be reached.
    """
    name = name or dataset_id
    registry.new_folder(name)
    parts = _download(dataset_id, config, revision or PARQUET_BRANCH)
    table = _joined(parts)
    chosen = columns.choose(table, text_column, label_column, SPLIT, group_column)
    _hidden_labels_are_unlabelled(table.cells, chosen.label)
    source = ("Hugging Face Hub", dataset_id, config, revision and f"revision {revision}")
    return files.import_table(table, chosen, name=name, source=", ".join(filter(None, source)), origin="hub", seed=seed,
                              licence="see the data set's page on the Hub")


def _download(dataset_id: str, config: str | None, revision: str) -> list[tuple[str, Path]]:
    """The split and the local path of each Parquet file of the configuration."""
    import huggingface_hub as hub
    from huggingface_hub.errors import HFValidationError, HTTPError, RepositoryNotFoundError, RevisionNotFoundError

    cache = settings.folder("cache", "hub")
    place: dict[str, Any] = {"repo_id": dataset_id, "repo_type": "dataset", "revision": revision}
    try:
        listing = hub.HfApi().dataset_info(dataset_id, revision=revision, files_metadata=True, timeout=TIMEOUT_S).siblings
        sizes = {file.rfilename: file.size or 0 for file in listing or () if file.rfilename.endswith(".parquet")}
        chosen = _choose(dataset_id, config, sizes)
        return [(split, Path(hub.hf_hub_download(filename=path, cache_dir=cache, **place))) for split, path in chosen]
    except (RepositoryNotFoundError, HFValidationError):
        raise UserError(f"dataset_id: the Hub shows no data set {dataset_id!r}; check its id, such as owner/name.") from None
    except RevisionNotFoundError:
        raise UserError(f"revision: {dataset_id!r} has no Parquet files at {revision!r}; import a local file instead.") from None
    except (HTTPError, OSError, RuntimeError) as error:
        raise UserError(f"dataset_id: {dataset_id!r} could not be fetched from the Hub ({type(error).__name__}); "
                        "check the network, or import a local file instead.") from None


def _choose(dataset_id: str, config: str | None, sizes: dict[str, int]) -> list[tuple[str, str]]:
    """Split and path of each file of the configuration, whose files lie at CONFIG/SPLIT/NUMBER.parquet."""
    paths = [PurePosixPath(path) for path in sorted(sizes) if path.count("/") == 2]
    configs = sorted({path.parts[0] for path in paths})
    if not configs:
        raise UserError(f"dataset_id: the Hub has no Parquet files of {dataset_id!r}; download it and import a file.")
    if config not in configs and (config or len(configs) > 1):
        raise UserError(f"config: {config!r} is not one of {dataset_id!r}; choose one of {', '.join(configs[:20])}.")
    chosen = [path for path in paths if path.parts[0] == (config or configs[0])]
    if (size := sum(sizes[str(path)] for path in chosen)) > MAX_BYTES:
        raise UserError(f"dataset_id: {dataset_id!r} has {size / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:,.0f} MB are fetched, "
                        "so import a sample of it as a file.")
    return [(path.parts[1].removeprefix("partial-"), str(path)) for path in chosen]


def _joined(parts: list[tuple[str, Path]]) -> Table:
    """All files in one table, with a column that holds each row's split; splits of other names are left out."""
    tables = [(split_of(split), read_parquet(path.read_bytes())) for split, path in parts if split_of(split)]
    if not tables:
        raise UserError(f"dataset_id: its splits are {', '.join(sorted({split for split, _ in parts}))}; train is needed.")
    check_rows(sum(len(table.cells) for _, table in tables))
    cells = pd.concat([table.cells.assign(**{SPLIT: split}) for split, table in tables], ignore_index=True)
    cells.index = pd.RangeIndex(1, len(cells) + 1, name="row")
    return Table(cells.astype(object).where(cells.notna(), None), "parquet", tables[0][1].unusable)


def _hidden_labels_are_unlabelled(cells: pd.DataFrame, label: str) -> None:
    """A split without a single label (a contest's test set) becomes unlabelled texts."""
    for split, labels in cells.groupby(SPLIT)[label]:
        if labels.isna().all():
            cells.loc[cells[SPLIT] == split, SPLIT] = "unlabelled"
