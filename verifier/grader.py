"""Where the engine and everything outside it meet: ``Verifier``, and the two functions of the library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from verifier import __version__, records
from verifier.engine import cascade, fold, sides
from verifier.engine.sides import Trees
from verifier.judge import symbolic
from verifier.judge.port import Judge
from verifier.judge.symbolic import SymbolicJudge
from verifier.rulebook import builtin_rules, load_rules
from verifier.types.errors import RecordError, SettingsError
from verifier.types.rules import Profile, Rules
from verifier.types.sample import Option, Sample, Scalar, check_types
from verifier.types.verdict import Code, Verdict

if TYPE_CHECKING:
    from verifier.settings import Settings

JUDGES: Final = (symbolic.NAME,)
"""The judges that ship, by name."""


class Verifier:
    """Grades samples under one set of rules.

    Immutable and re-entrant: one instance serves any number of threads and event loops.

    ``rules`` defaults to the built-in pack; ``judges`` are those that ``agrade`` may ask, where the profile names
    them too, each a name of ``JUDGES`` or a ``Judge``; ``processes`` bounds what a judge that computes does at once;
    ``profile`` names the profile to grade every sample under, whatever its category. Raises ``SettingsError`` for an
    unknown profile or judge.
    """

    def __init__(
        self,
        rules: Rules | None = None,
        *,
        judges: Iterable[Judge | str] = (),
        processes: int | None = None,
        profile: str | None = None,
    ) -> None:
        if rules is not None and not isinstance(rules, Rules):
            raise TypeError(f"rules must come from load_rules(), not {type(rules).__name__}")
        if isinstance(judges, str):
            raise TypeError("judges must be several, not a string: write judges=('symbolic',)")
        self.rules = default_rules() if rules is None else rules
        self._profile = None if profile is None else self._named(profile)
        made = [self._judge(judge, processes) if isinstance(judge, str) else judge for judge in judges]
        self._judges = {judge.name: judge for judge in made}

    @classmethod
    def from_settings(cls, settings: Settings | None = None, *, processes: int | None = None) -> Verifier:
        """A verifier as the environment asks for (``VERIFIER_RULES``), with every judge that ships.

        Raises ``SettingsError`` and ``RulesError``.
        """
        if settings is None:
            from verifier.settings import load_settings

            settings = load_settings()
        return cls(load_rules(*settings.rules) if settings.rules else None, judges=JUDGES, processes=processes)

    def grade(self, sample: Sample) -> Verdict:
        """The engine's verdict: synchronous, CPU only, bounded work, never an exception on data.

        Raises ``TypeError`` for what is no sample, or one made by hand with values of the wrong type.
        """
        if not isinstance(sample, Sample):
            raise TypeError(
                f"grade takes a Sample, not {type(sample).__name__}: make one with Sample.of(ground_truth=..., ...)"
            )
        check_types(sample)
        return cascade.decide(sample, self.rules, self._profile_of(sample), engine=__version__)

    def grade_batch(self, samples: Iterable[Sample | Mapping[str, object]]) -> list[Verdict]:
        """Verdicts in order. A mapping is read as a row of a file would be, with ``ground_truth``, ``final_answer``, ….

        Raises ``RecordError`` for a mapping that is no gradable record (misuse, as a wrong type would be); its
        ``field`` says which, ``samples[3].ground_truth``.
        """
        return [self.grade(_sample(index, given)) for index, given in enumerate(samples)]

    async def agrade(self, sample: Sample) -> Verdict:
        """The engine's verdict, and where that is undecided, what the judges make of it.

        The engine's work is bounded, so it runs inline; judges never do.
        """
        return await self.ask(sample, self.grade(sample))

    def asks(self, sample: Sample, verdict: Verdict) -> bool:
        """Whether a judge would be asked about a verdict of the engine's."""
        return any(judge.asks(sample, verdict) for judge in self._asked(sample))

    async def ask(self, sample: Sample, verdict: Verdict) -> Verdict:
        """The second half of ``agrade``: each judge in turn, in the profile's order, until one decides."""
        for judge in self._asked(sample):
            if judge.asks(sample, verdict):
                finding = await judge.opine(sample, verdict)
                measured = self.rules.confidence.get(finding.code)
                verdict = fold.settle(
                    verdict,
                    judge.name,
                    finding,
                    reason=_SUMMARIES.get(finding.code, ""),
                    confidence=None if measured is None else measured.precision,
                )
        return verdict

    def trees(self, sample: Sample) -> Trees:
        """Both sides of a sample as formulas, for a judge that computes."""
        return cascade.trees(sample, self.rules, self._profile_of(sample))

    @property
    def judge_versions(self) -> tuple[str, ...]:
        """The judges and what their opinions depend on."""
        return tuple(f"{judge.name} {judge.version}" for judge in self._judges.values())

    def close(self) -> None:
        """End what the judges have started; they start it anew when they are asked again."""
        for judge in self._judges.values():
            judge.close()

    def _asked(self, sample: Sample) -> Iterator[Judge]:
        """The judges that the sample's profile names, of those that are there."""
        if not self._judges:
            return
        for name in self._profile_of(sample).judges:
            if name in self._judges:
                yield self._judges[name]

    def _profile_of(self, sample: Sample) -> Profile:
        return self._profile or sides.profile_of(sample.category, self.rules)

    def _judge(self, name: str, processes: int | None) -> Judge:
        if name != symbolic.NAME:
            raise SettingsError(f"unknown judge '{name}': there is {', '.join(JUDGES)}")
        return SymbolicJudge(self.trees, slots=processes)

    def _named(self, name: str) -> Profile:
        profiles = (self.rules.default_profile, *self.rules.profiles)
        for profile in profiles:
            if profile.name == name:
                return profile
        raise SettingsError(
            f"unknown profile '{name}': the rules have {', '.join(profile.name for profile in profiles)}"
        )


@lru_cache(maxsize=1)
def default_rules() -> Rules:
    """The built-in rules, read once per process at first use."""
    return builtin_rules()


@lru_cache(maxsize=1)
def _default_verifier() -> Verifier:
    return Verifier()


def grade(  # noqa: PLR0913  # one keyword a field, as the contract has it
    *,
    ground_truth: Scalar | Iterable[Scalar],
    final_answer: Scalar | None = None,
    response: str | None = None,
    question: str | None = None,
    options: Mapping[str, Scalar] | Iterable[Option | Scalar] | None = None,
    category: str | None = None,
    sample_id: Scalar | None = None,
) -> Verdict:
    """The verdict of the built-in rules on one answer; see ``Sample.of`` for the fields and what raises.

    >>> grade(ground_truth="600 W", final_answer="0.6 kW").code
    'quantity.equal'
    """
    sample = Sample.of(
        ground_truth=ground_truth,
        final_answer=final_answer,
        response=response,
        question=question,
        options=options,
        category=category,
        sample_id=sample_id,
    )
    return _default_verifier().grade(sample)


def grade_batch(samples: Iterable[Sample | Mapping[str, object]]) -> list[Verdict]:
    """The verdicts of the built-in rules, in order; see ``Verifier.grade_batch``.

    >>> [verdict.success for verdict in grade_batch([{"ground_truth": "4", "final_answer": "2 + 2 = 4"}])]
    [True]
    """
    return _default_verifier().grade_batch(samples)


def _sample(index: int, given: Sample | Mapping[str, object]) -> Sample:
    if isinstance(given, Sample):
        return given
    try:
        return records.read_record(given, answer_needed=True)
    except RecordError as error:
        place = f"samples[{index}]" + (f".{error.field}" if error.field else "")
        raise RecordError(error.code, place, error.problem) from None


def codes() -> tuple[Code, ...]:
    """Every code that a verdict can carry, in the order of the cascade."""
    return (*cascade.CODES, *symbolic.CODES, *records.CODES)


_SUMMARIES: Final = {code.name: code.summary for code in symbolic.CODES}


__all__ = ["JUDGES", "Verifier", "codes", "default_rules", "grade", "grade_batch"]
