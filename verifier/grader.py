"""Where the engine and everything outside it meet: ``Verifier``, and the two functions of the library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from verifier import __version__, records
from verifier.engine import cascade, fold, gradable, sides
from verifier.engine.sides import Trees
from verifier.judge import model as models
from verifier.judge import symbolic
from verifier.judge.model import ModelJudge
from verifier.judge.port import Desk, Engine, Judge, Scope
from verifier.judge.symbolic import SymbolicJudge
from verifier.rulebook import builtin_rules, load_rules
from verifier.types.errors import RecordError, SettingsError
from verifier.types.judging import Asked
from verifier.types.opinion import Call
from verifier.types.rules import Profile, Rules
from verifier.types.sample import Option, Sample, Scalar, check_types
from verifier.types.verdict import Code, Finding, Standing, Verdict

if TYPE_CHECKING:
    from verifier.settings import Settings

JUDGES: Final = (symbolic.NAME,)
"""The judges that need nothing set up, by name."""

MODEL_JUDGE: Final = models.NAME
"""The judge that asks a model, by name: it needs a key or a server."""

DEFAULT_MODEL: Final = "claude-haiku-5-5"


class Verifier:
    """Grades samples under one set of rules.

    Immutable and re-entrant: one instance serves any number of threads and event loops.

    ``rules`` defaults to the built-in pack; ``judges`` are those that ``agrade`` may ask, where the profile names
    them too, each a name (``symbolic``, ``anthropic``) or a ``Judge``; ``processes`` bounds what a judge that computes
    does at once; ``profile`` names the profile to grade every sample under, whatever its category. ``desk`` is where
    the judge that asks a model gets its opinions, and ``model`` which one it asks, at ``server`` if that is not
    Anthropic's own (``Settings.judge_server``); without a desk it knows what it would ask, and passes. Raises
    ``SettingsError`` for an unknown profile or judge.
    """

    def __init__(  # noqa: PLR0913  # one keyword a choice
        self,
        rules: Rules | None = None,
        *,
        judges: Iterable[Judge | str] = (),
        processes: int | None = None,
        profile: str | None = None,
        desk: Desk | None = None,
        model: str = DEFAULT_MODEL,
        server: str = "",
    ) -> None:
        if rules is not None and not isinstance(rules, Rules):
            raise TypeError(f"rules must come from load_rules(), not {type(rules).__name__}")
        if isinstance(judges, str):
            raise TypeError("judges must be several, not a string: write judges=('symbolic',)")
        self.rules = default_rules() if rules is None else rules
        self._profile = None if profile is None else self._named(profile)
        self.desk = desk
        self._model = model
        self._server = server
        made = [self._judge(judge, processes) if isinstance(judge, str) else judge for judge in judges]
        self._judges = {judge.name: judge for judge in made}

    @classmethod
    def from_settings(
        cls,
        settings: Settings | None = None,
        *,
        processes: int | None = None,
        run: str | None = None,
        turn: float | None = None,
    ) -> Verifier:
        """A verifier as the environment asks for: its rules, the judges that ship, and the model where one is set up.

        ``run`` is what the spending is noted under in the store; by default a name of its own. ``turn`` is how
        many seconds a question waits, among others, to be put to the model; by default as long as it takes, which is
        right for many samples at once and wrong where somebody waits for one. Nothing is opened or asked before the
        first question. Raises ``SettingsError`` and ``RulesError``.
        """
        if settings is None:
            from verifier.settings import load_settings

            settings = load_settings()
        rules = load_rules(*settings.rules) if settings.rules else default_rules()
        if not settings.judge_on:
            return cls(rules, judges=JUDGES, processes=processes)
        from uuid import uuid4

        from verifier.judge.opening import open_desk

        desk = open_desk(settings, rules.prices, run=run or f"library-{uuid4().hex}", turn=turn)
        judges = (*JUDGES, MODEL_JUDGE)
        return cls(
            rules,
            judges=judges,
            processes=processes,
            desk=desk,
            model=settings.judge_model,
            server=settings.judge_server,
        )

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

    def asks(self, sample: Sample, verdict: Verdict, scope: Scope = "undecided") -> bool:
        """Whether a judge would be asked about a verdict of the engine's.

        ``scope`` is ``undecided``, ``failed`` (those that are *incorrect* by convention too) or ``all`` (whatever can
        be graded, to be listed).
        """
        return any(judge.asks(sample, verdict, scope) for judge in self._asked(sample))

    async def ask(self, sample: Sample, verdict: Verdict, scope: Scope = "undecided") -> Verdict:
        """The second half of ``agrade``: each judge in turn, in the profile's order, until one decides.

        In a wider scope a judge may turn an *incorrect* by convention; a proof and a *correct* stand whatever it says.
        """
        for judge in self._asked(sample):
            if judge.asks(sample, verdict, scope):
                judgement = await judge.opine(sample, verdict)
                code = judgement.finding.code
                measured = self.rules.confidence.get(code)
                verdict = fold.settle(
                    verdict,
                    judge.name,
                    judgement,
                    reason=_SUMMARIES.get(code, ""),
                    confidence=None if measured is None else measured.precision,
                    told=judge.name == MODEL_JUDGE,
                    firm=scope == "undecided" or _STANDINGS.get(verdict.code) is not Standing.CONVENTION,
                )
        return verdict

    def calls(self, sample: Sample, verdict: Verdict) -> tuple[Call, ...]:
        """The calls that a model may be asked about a sample, in their order; none where no model is asked."""
        judges = (judge for judge in self._asked(sample) if isinstance(judge, ModelJudge))
        return next((judge.calls(sample, verdict) for judge in judges), ())

    def profile(self, sample: Sample) -> Profile:
        """The profile that a sample is graded under."""
        return self._profile_of(sample)

    def asked(self, sample: Sample) -> Asked:
        """What a judge is told of a sample: what its question demands, and the text that is to be judged."""
        return gradable.asked(sample, self.rules, self._profile_of(sample))

    def _attacked(self, sample: Sample) -> Finding | None:
        return gradable.attacked(sample, self.rules, self._profile_of(sample))

    def trees(self, sample: Sample) -> Trees:
        """Both sides of a sample as formulas, for a judge that computes."""
        return cascade.trees(sample, self.rules, self._profile_of(sample))

    @property
    def judge_model(self) -> str | None:
        """The model that is asked where a profile names no other; ``None`` where none is asked."""
        return self._model if MODEL_JUDGE in self._judges else None

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
        if name == symbolic.NAME:
            return SymbolicJudge(self.trees, slots=processes)
        if name == models.NAME:
            engine = Engine(self.grade, self.asked, self._attacked, self._profile_of, _STANDINGS)
            return ModelJudge(self.desk, self.rules, engine, model=self._model, server=self._server)
        raise SettingsError(f"unknown judge '{name}': there is {', '.join((*JUDGES, MODEL_JUDGE))}")

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
    return (*cascade.CODES, *symbolic.CODES, *models.CODES, *records.CODES)


_SUMMARIES: Final = {code.name: code.summary for code in (*symbolic.CODES, *models.CODES)}
_STANDINGS: Final = {code.name: code.standing for code in (*cascade.CODES, *models.CODES)}


__all__ = ["JUDGES", "MODEL_JUDGE", "Verifier", "codes", "default_rules", "grade", "grade_batch"]
