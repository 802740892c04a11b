"""Optuna's part: trials in a file of its own beside the study's models, and a next proposal that follows from them and the seed alone."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import optuna
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import BaseSampler, RandomSampler, TPESampler
from optuna.storages import RDBStorage
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, Trial, TrialState
from sqlalchemy import event

RANDOM = 10  # trials before the sampler learns from them
BUSY_SECONDS = 30
REPEATED, PREPARED = "repeated", "prepared"
DIRECTIONS = (StudyDirection.MAXIMIZE, StudyDirection.MINIMIZE)  # accuracy; log10 of ms a text
PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")  # a trial makes some twenty small writes; the process may die, the disk need not wait
optuna.logging.set_verbosity(optuna.logging.WARNING)


class Trials:
    """The trials of one search, kept in `file` (SQLite). Closes its connections at the end of a with block.

    name: of the space that is searched; under another one the file's earlier trials are not seen.
    """

    def __init__(self, file: Path, seed: int, name: str = "search") -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._seed = seed
        self._storage = RDBStorage(f"sqlite:///{file}", engine_kwargs={"connect_args": {"timeout": BUSY_SECONDS}})
        event.listen(self._storage.engine, "connect", _set_up)
        self._storage.engine.dispose()  # connections from before know nothing of it
        self._study = optuna.create_study(storage=self._storage, study_name=name, directions=DIRECTIONS, load_if_exists=True)

    def __enter__(self) -> Trials:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._storage.remove_session()
        self._storage.engine.dispose()

    def all(self) -> list[FrozenTrial]:
        """Every trial by number, whatever its state."""
        return self._study.get_trials(deepcopy=False)

    @property
    def prepared(self) -> bool:
        """Whether all that is to be tried first has been enqueued."""
        return bool(self._study.user_attrs.get(PREPARED))

    @prepared.setter
    def prepared(self, value: bool) -> None:
        self._study.set_user_attr(PREPARED, value)

    def finished(self) -> list[FrozenTrial]:
        """Those that came to an end of their own: done or given up."""
        return self._study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))

    def enqueue(self, parameters: Mapping[str, Any], **about: Any) -> None:
        """Tries this point before anything is proposed. about: kept with the trial."""
        self._study.enqueue_trial(dict(parameters), user_attrs=about)

    def resume(self) -> list[int]:
        """Enqueues again what was cut short when its process died; the numbers that were."""
        cut = self._study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        for trial in cut:
            parameters = trial.system_attrs.get("fixed_params", trial.params)
            self._study.tell(trial.number, state=TrialState.FAIL)
            self._study.enqueue_trial(dict(parameters), user_attrs=dict(trial.user_attrs))
        return [trial.number for trial in cut]

    def ask(self) -> Trial:
        """The next trial: an enqueued one, else one that is proposed. The same trials and seed give the same proposal."""
        self._study.sampler = self._sampler(self.all())
        return self._study.ask()

    def _sampler(self, before: Sequence[FrozenTrial]) -> BaseSampler:
        """Made anew for each trial, so that nothing is remembered that is not in the file; at random after a repetition."""
        seed = int(np.random.SeedSequence([self._seed, len(before)]).generate_state(1)[0])
        if before and before[-1].user_attrs.get(REPEATED):
            return RandomSampler(seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)  # groups: parameters that only some families have
            return TPESampler(seed=seed, n_startup_trials=RANDOM, multivariate=True, group=True, constant_liar=False)

    def done(self, trial: Trial, accuracy: float, ms: float, broken: Mapping[str, float]) -> None:
        """Tells what came out. broken: by how much each limit is broken, 0 or less where it is kept."""
        for name, excess in broken.items():
            trial.set_constraint(name, excess)
        self._study.tell(trial, (accuracy, float(np.log10(ms))))

    def given_up(self, trial: Trial) -> None:
        """Tells that a trial was hopeless."""
        self._study.tell(trial, state=TrialState.PRUNED)

    def repeated(self, trial: Trial) -> None:
        """Tells that this was tried before."""
        trial.set_user_attr(REPEATED, True)
        self._study.tell(trial, state=TrialState.PRUNED)

    def failed(self, trial: Trial) -> None:
        """Tells that a trial came to nothing, so that nothing is learnt from it."""
        self._study.tell(trial, state=TrialState.FAIL)


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
