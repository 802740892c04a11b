"""What a search may try: family x size x method x passes x learning rate x way to serve, as Optuna asks for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from optuna.trial import Trial

from core import families, methods
from core.families import Family
from core.models.layers import kept_layers
from core.spec import Method, StudentSpec, StudySpec, VariantSpec

PASSES = (1, 2, 4)  # times the study's epochs, for students cut out of the teacher
PASSES_CHEAP = (1, 4, 16)  # for families that cost next to nothing
KEPT = ("spread", "last", "first")  # which layers of the teacher: spread over all, the last ones, the first ones with the last
RATES = (0.5, 1.0, 2.0)  # times the learning rate that the student would have
WEIGHTS = (0.4, 0.7, 1.0)  # times the study's weight of soft targets against labels: a teacher that errs much is worth less
MOST_EPOCHS = 200
AS_TRAINED = VariantSpec.model_construct(runtime="torch", precision="fp32", compression=())  # no variant: every model is served so


@dataclass(frozen=True)
class Tried:
    """What one trial tries. rate: a factor on the learning rate."""

    student: StudentSpec
    rate: float
    way: VariantSpec

    @property
    def architecture(self) -> dict[str, Any]:
        """What its speed depends on, besides the way."""
        return {"family": self.student.family, **{size: getattr(self.student, size) for size in families.SIZES}}

    @property
    def learning(self) -> dict[str, Any]:
        """What it is and how it learns: two of the same are trained once."""
        how = {key: getattr(self.student, key) for key in ("keep_layers", "method", "epochs", "learning_rate", "soft_weight")}
        return {**self.architecture, **how, "rate": self.rate}


@dataclass(frozen=True)
class Space:
    """names of the families; layers of the teacher; epochs and soft_weight of the study; methods; ways that can be served here,
    AS_TRAINED first."""

    names: tuple[str, ...]
    layers: int
    epochs: int
    soft_weight: float
    methods: tuple[Method, ...]
    ways: tuple[VariantSpec, ...]

    def suggest(self, trial: Trial) -> Tried:
        """What Optuna proposes. Sizes, passes and rates are places in rising lists, so that it knows what lies between."""
        family = self.family(trial.suggest_categorical("family", self.names))
        sizes = {size: _one(trial, f"{family.name}.{size}", values) for size, values in self.sizes(family).items()}
        kept = self._kept(trial, family, sizes.get("layers"))
        method = trial.suggest_categorical(f"{family.name}.method", self.fitting(family))
        epochs = self.epochs * _one(trial, f"{family.name}.passes", _passes(family))
        rate = _one(trial, f"{family.name}.rate", RATES)
        weight = self.soft_weight * _one(trial, f"{family.name}.weight", WEIGHTS)
        way = self.ways[trial.suggest_categorical("way", tuple(range(len(self.ways))))]
        name = named(family.name, sizes) + (f"-layers-{'-'.join(map(str, kept))}" if kept else "")
        return Tried(StudentSpec(name=name[:40], family=family.name, method=method, epochs=min(epochs, MOST_EPOCHS), keep_layers=kept,
                                 soft_weight=None if weight == self.soft_weight else weight, **sizes), rate, way)

    def _kept(self, trial: Trial, family: Family, layers: int | None) -> tuple[int, ...] | None:
        """Which layers a depth student keeps; None where they are spread, or where there is no choice."""
        if "layers" not in family.needs or layers is None or layers < 2:
            return None
        which = trial.suggest_categorical(f"{family.name}.kept", KEPT)
        first = layers - 1 if which == "first" else 0
        found = (*range(first), *range(self.layers - (layers - first), self.layers))
        return None if which == "spread" or list(found) == kept_layers(self.layers, layers) else found

    def usual(self) -> Iterator[dict[str, Any]]:
        """Parameters of the cheap families as they usually are, the cheapest first, in each way."""
        cheap = [family for name in self.names if (family := self.family(name)).cost is not None]
        for family in sorted(cheap, key=lambda each: each.cost or 0.0):
            lists = {**self.sizes(family), "passes": _passes(family), "rate": RATES, "weight": WEIGHTS}
            middle = {f"{family.name}.{key}": len(values) // 2 for key, values in lists.items()}
            for way in range(len(self.ways)):
                yield {"family": family.name, **middle, f"{family.name}.method": self.fitting(family)[0], "way": way}

    def parameters(self, student: StudentSpec, way: int) -> dict[str, Any]:
        """A student of the study's own as a point of this space, as far as it is one; without any parameters where it is not."""
        family = self.family(student.family) if student.family in self.names else None
        if family is None or any(getattr(student, size) not in values for size, values in self.sizes(family).items()):
            return {}
        passes = [self.epochs * times for times in _passes(family)]
        if (student.epochs or self.epochs) not in passes or student.learning_rate or student.method not in (None, self.fitting(family)[0]):
            return {}
        if student.keep_layers is not None or student.soft_weight is not None:
            return {}
        places: dict[str, Any] = {f"{family.name}.{size}": values.index(getattr(student, size))
                                  for size, values in self.sizes(family).items()}
        if "layers" in family.needs and (student.layers or 0) > 1:
            places[f"{family.name}.kept"] = KEPT[0]
        return {"family": family.name, **places, f"{family.name}.method": self.fitting(family)[0],
                f"{family.name}.passes": passes.index(student.epochs or self.epochs), f"{family.name}.rate": RATES.index(1.0),
                f"{family.name}.weight": WEIGHTS.index(1.0), "way": way}

    def sizes(self, family: Family) -> dict[str, tuple[Any, ...]]:
        """The values of each size, rising. Fewer layers than the teacher's; all of them (None) where another size makes it smaller."""
        found: dict[str, tuple[Any, ...]] = {size: values for size, values in family.tried.items() if size in family.takes}
        if "layers" in family.takes:
            fewer = tuple(range(1, self.layers))
            found["layers"] = fewer if "layers" in family.needs else (*fewer, None)
        return {size: values for size, values in found.items() if values}

    def fitting(self, family: Family) -> tuple[Method, ...]:
        """The methods by which it can learn; logits where none of those asked for fits."""
        return tuple(each for each in self.methods if methods.suits(each, family.name)) or ("logits",)

    @staticmethod
    def family(name: str) -> Family:
        """The family of that name."""
        return families.known()[name]


def settled(student: StudentSpec, spec: StudySpec) -> StudentSpec:
    """A student of the study's own with the method and passes that it has from the study."""
    return student.model_copy(update={"method": student.method or spec.distil.method, "epochs": student.epochs or spec.distil.epochs})


def space(spec: StudySpec, layers: int, ways: Sequence[VariantSpec]) -> Space:
    """What the study's search may try. Raises UserError as methods.check_search does."""
    methods.check_search(spec, layers)
    wanted = spec.search.families or tuple(families.known())
    found = Space(tuple(wanted), layers, spec.distil.epochs, spec.distil.soft_weight, spec.search.methods, tuple(ways))
    return replace(found, names=tuple(name for name in wanted if families.searchable(found.family(name), layers)))


def named(family: str, sizes: dict[str, Any]) -> str:
    """A student's name: "static-64", "width-0.5x3"."""
    said = "x".join(str(value) for value in sizes.values() if value is not None)
    return f"{family}-{said}"[:40] if said else family


def _passes(family: Family) -> tuple[int, ...]:
    return PASSES if family.cost is None else PASSES_CHEAP


def _one(trial: Trial, name: str, values: Sequence[Any]) -> Any:
    return values[trial.suggest_int(name, 0, len(values) - 1)]
