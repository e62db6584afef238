"""The command line: ``verifier grade | explain | merge | rules | serve | store``.

Command bodies import what they need when they run, so that ``verifier --help`` is quick.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Literal

import click

from verifier.types.errors import SettingsError, VerifierError

USAGE_ERROR = 2
STOPPED = 3


class Group(click.Group):
    """A group whose commands report the package's own errors as one line and exit with status 2."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; turn ``VerifierError`` into a message."""
        try:
            return super().invoke(ctx)
        except VerifierError as error:
            click.echo(f"verifier: {error}", err=True)
            ctx.exit(USAGE_ERROR)


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="answer-verifier", prog_name="verifier")
def main() -> None:
    """Decide whether model answers agree with their ground truths, and say why."""


_judge = click.option(
    "--judge",
    metavar="auto|none|MODEL",
    help=(
        "Whom to ask where rules cannot tell: auto is every judge that is set up, a MODEL is asked in place of"
        " VERIFIER_JUDGE_MODEL.  [default: VERIFIER_JUDGE, else auto]"
    ),
)


@main.command(short_help="Grade files of records.")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "-o", "--output", metavar="OUT", help="Write all rows here.  [default: INPUT.graded.jsonl beside each input]"
)
@click.option(
    "--field", "fields", multiple=True, metavar="OURS=THEIRS", help="Read a field under another name; repeatable."
)
@_judge
@click.option(
    "--judge-scope",
    "scope",
    type=click.Choice(["undecided", "failed", "all"]),
    help=(
        "What is put to the judge: what rules leave undecided; also what they fail by a convention; everything, which"
        " lists where it disagrees.  [default: undecided; with --regrade, failed]"
    ),
)
@click.option(
    "--judge-mode",
    "mode",
    type=click.Choice(["live", "batch"]),
    default="live",
    help="Ask the judge at once, or in message batches: half the price, within a day.",
    show_default=True,
)
@click.option(
    "--budget-usd",
    "budget",
    metavar="X",
    help="Stop before the judge costs more, with exit status 3; the same command with more goes on.",
)
@click.option("--dry-run", is_flag=True, help="Show what the judge would be asked and what it would cost; ask nobody.")
@click.option(
    "--engine", type=click.Choice(["local"]), default="local", help="Where rows are graded.", show_default=True
)
@click.option("--workers", type=click.IntRange(1, 512), help="Worker processes.  [default: one for each CPU]")
@click.option("--regrade", is_flag=True, help="Keep rows that carry success true, grade the others again.")
@click.option("--restart", is_flag=True, help="Begin anew instead of continuing a stopped run.")
@click.option(
    "--rules", "packs", multiple=True, metavar="DIR", help="Lay a rule pack over the built-in one; repeatable."
)
@click.option("--profile", metavar="NAME", help="Grade every row by this profile, whatever its category.")
@click.option("--trace", metavar="FILE", help="Write how each row was graded, one JSON line a row.")
@click.option(
    "--max-line-bytes", type=click.IntRange(1, 1 << 31), default=256 << 20, help="Longest line read.", show_default=True
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def grade(  # noqa: PLR0913  # one parameter an option
    inputs: tuple[str, ...],
    *,
    output: str | None,
    fields: tuple[str, ...],
    judge: str | None,
    scope: Literal["undecided", "failed", "all"] | None,
    mode: Literal["live", "batch"],
    budget: str | None,
    dry_run: bool,
    engine: str,
    workers: int | None,
    regrade: bool,
    restart: bool,
    packs: tuple[str, ...],
    profile: str | None,
    trace: str | None,
    max_line_bytes: int,
    quiet: bool,
) -> None:
    """Grade every record of the inputs and write it back with success and verification set.

    Inputs are JSONL, also compressed with gzip or zstd, Parquet, or - for standard input. Rows come out in input order,
    all other fields untouched; blank lines are skipped. What cannot be graded is listed in OUT.errors.jsonl. A run that
    was stopped, by whatever means, is continued by the same command.

    Where rules cannot tell, judges are asked. What a judge changed is listed in OUT.flips.jsonl, what it doubts in
    OUT.audit.jsonl, calls lost in a kill in OUT.lost-calls.jsonl.

    \b
    Exit status: 0 all rows graded, 1 some listed as errors, 2 wrong usage,
    3 stopped, by an interrupt or a budget, and can be continued.

    \b
    Examples:
      verifier grade trajectories.jsonl
      verifier grade a.jsonl b.jsonl.gz -o graded.jsonl --workers 8 --trace trace.jsonl
      verifier grade rows.parquet --field ground_truth=reference_answer --field final_answer=model_answer
      verifier grade graded.jsonl -o again.jsonl --regrade
      verifier grade rows.jsonl --dry-run
      verifier grade rows.jsonl --budget-usd 2.50 --judge-mode batch
      zcat rows.jsonl.gz | verifier grade - -o graded.jsonl --quiet
    """  # noqa: D301  # \b is click's mark for lines that it must not wrap
    del engine  # there is one so far, and click refuses others
    try:
        from verifier.batch.command import Wish, grade_files

        wish = Wish(
            inputs=inputs,
            output=output,
            fields=fields,
            workers=workers,
            regrade=regrade,
            restart=restart,
            packs=packs,
            profile=profile,
            judge=judge,
            scope=scope,
            mode=mode,
            budget=budget,
            dry_run=dry_run,
            trace=trace,
            max_line_bytes=max_line_bytes,
            quiet=quiet,
        )
        status = grade_files(wish)
    except ModuleNotFoundError as error:
        raise SettingsError(f"'{error.name}' is not installed: pip install 'answer-verifier[batch]'") from None
    except KeyboardInterrupt:
        click.echo("verifier: interrupted", err=True)
        status = STOPPED
    click.get_current_context().exit(status)


# -5, -.5, -\frac{1}{2}, -$5$, -(1+x), -x: a minus, where an option would be a word.
_NEGATIVE = re.compile(r"-(?:[^-\w]|\d|[^\W\d_](?![^\W\d_]))")


class Comparison(click.Command):
    """A command whose arguments may begin with a minus, and whose options must still be spelt right."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse what is neither an option nor looks like a negative value, before click takes it for an argument."""
        options = {name: param for param in self.get_params(ctx) for name in param.opts if name.startswith("-")}
        rest = iter(args)
        for arg in rest:
            name, equals, _ = arg.partition("=")
            if arg == "--":
                break
            if name in options:
                if not equals and not getattr(options[name], "is_flag", False):
                    next(rest, None)
            elif len(arg) > 1 and arg.startswith("-") and not _NEGATIVE.match(arg):
                from difflib import get_close_matches

                raise click.NoSuchOption(name, possibilities=get_close_matches(name, options, n=1), ctx=ctx)
        return super().parse_args(ctx, args)


@main.command(
    cls=Comparison,
    short_help="Say why an answer is right or wrong.",
    context_settings={"ignore_unknown_options": True},
)
@click.argument("gold")
@click.argument("answer")
@click.option("--question", metavar="TEXT", help="The question that was asked.")
@click.option("--category", metavar="NAME", help="The category, which chooses the profile.")
@click.option("--option", "options", multiple=True, metavar="LABEL=TEXT", help="An option of the question; repeatable.")
@click.option(
    "--rules", "packs", multiple=True, metavar="DIR", help="Lay a rule pack over the built-in one; repeatable."
)
@click.option("--profile", metavar="NAME", help="Grade by this profile, whatever the category.")
@_judge
@click.option("--json", "as_json", is_flag=True, help="Print verification and trace as JSON.")
def explain(  # noqa: PLR0913  # one parameter an option
    gold: str,
    answer: str,
    *,
    question: str | None,
    category: str | None,
    options: tuple[str, ...],
    packs: tuple[str, ...],
    profile: str | None,
    judge: str | None,
    as_json: bool,
) -> None:
    """Grade ANSWER, a final answer or a whole response, against GOLD, and say how the verdict came about.

    A value that begins with a minus stands as it is where it looks like a number or a formula; else put -- before it.

    \b
    Examples:
      verifier explain "600 W" "600 watts of power are dissipated in the resistor."
      verifier explain B "The answer is (B) ibuprofen" --option A=Aspirin --option B=Ibuprofen
      verifier explain 1/3 0.333 --json
      verifier explain "134 inches" "2 smoots" --rules my-rules/
    """  # noqa: D301  # as above
    import json

    from verifier.grader import JUDGES, MODEL_JUDGE, Verifier, codes, default_rules
    from verifier.records import trace, verification
    from verifier.rulebook import load_rules
    from verifier.settings import load_settings
    from verifier.types.explain import explain
    from verifier.types.sample import Sample

    labelled = [option.partition("=") for option in options]
    if any(not label or not equals for label, equals, _ in labelled):
        raise SettingsError("an option of the question is written LABEL=TEXT, e.g. --option A=Aspirin")
    folders = tuple(map(Path, packs)) or load_settings().rules
    chosen = {} if judge is None else {"judge": judge} if judge in {"auto", "none"} else {"judge_model": judge}
    settings = load_settings(**chosen)
    rules = load_rules(*folders) if folders else default_rules()
    judges: tuple[str, ...] = () if settings.judge == "none" else JUDGES
    desk = None
    if settings.judge_on:
        from uuid import uuid4

        from verifier.judge.opening import open_desk

        judges, desk = (*judges, MODEL_JUDGE), open_desk(settings, rules.prices, run=f"explain-{uuid4().hex}")
    verifier = Verifier(
        rules,
        judges=judges,
        profile=profile,
        desk=desk,
        model=settings.judge_model,
        server=settings.judge_server,
    )
    sample = Sample.of(
        ground_truth=gold,
        final_answer=answer,
        question=question,
        category=category,
        options={label: text for label, _, text in labelled} or None,
    )
    verdict = verifier.grade(sample)
    if verifier.asks(sample, verdict):
        import asyncio

        verdict = asyncio.run(verifier.ask(sample, verdict))
        verifier.close()
    if as_json:
        shown: dict[str, object] = {
            "success": verdict.success,
            "verification": verification(verdict),
            "trace": trace(verdict),
        }
        text = json.dumps(shown, ensure_ascii=False, indent=2)
    else:
        text = explain(verdict, {code.name: code.summary for code in codes()})
    # What UTF-8 cannot hold is shown as an escape, which in JSON means the same character.
    click.echo(text.encode("utf-8", "backslashreplace"))


@main.group(short_help="Look at rule packs.")
def rules() -> None:
    """Look at rule packs."""


@rules.command(name="check", short_help="Validate packs and run their examples.")
@click.argument("packs", nargs=-1, metavar="[DIR]...", type=click.Path(path_type=Path))
def rules_check(packs: tuple[Path, ...]) -> None:
    """Validate the built-in rules, with the packs in DIR... laid over them, and run every entry's examples.

    A category of a profile that another profile gets is told.

    Exit status: 0 all examples hold; 1 some do not, each listed; 2 a pack cannot be used.

    \b
    Examples:
      verifier rules check
      verifier rules check my-rules/
    """  # noqa: D301  # as above
    from verifier.rulebook import load_rules
    from verifier.rulecheck import check_examples, shadowed

    loaded = load_rules(*packs)
    failures = check_examples(loaded)
    for failure in failures:
        click.echo(str(failure), err=True)
    for note in shadowed(loaded):
        click.echo(note)
    own = ((pack, sum(one.file.startswith(f"{pack.as_posix()}/") for one in loaded.examples)) for pack in packs)
    told = "".join(f", {count:,} of {pack}" for pack, count in own)
    click.echo(f"rules {loaded.version}: {len(loaded.examples):,} examples{told}; {len(failures):,} failed")
    if failures:
        sys.exit(1)


_store = click.option(
    "--store", "url", metavar="URL", help="The store.  [default: VERIFIER_STORE_URL, else a file in the cache folder]"
)


@main.group()
def store() -> None:
    """Look after the opinions of models, which are kept so that none is paid for twice."""


@store.command(name="stats", short_help="Say what is kept, and what it cost.")
@_store
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def store_stats(url: str | None, *, as_json: bool) -> None:
    """Count opinions by model and by rubric, and the calls of each run, with what they cost.

    \b
    Examples:
      verifier store stats
      verifier store stats --json
      verifier store stats --store postgresql://verifier@db.example/verifier
    """  # noqa: D301  # as above
    from verifier.storecommand import existing, place, stats_json, stats_text

    with existing(url) as opened:
        click.echo((stats_json if as_json else stats_text)(opened.stats(), place(url)))


@store.command(name="prune", short_help="Delete opinions.")
@_store
@click.option("--before", metavar="DATE", help="Those made before this date, or time, in UTC.")
@click.option("--model", metavar="NAME", help="Those of this model, under its dated names too.")
@click.option("--unusable", is_flag=True, help="Those that were refused, cut off, or are no vote.")
def store_prune(url: str | None, *, before: str | None, model: str | None, unusable: bool) -> None:
    """Delete opinions, and say how many; what is asked again is paid again. Of several filters all must hold.

    What runs have cost is not forgotten.

    \b
    Examples:
      verifier store prune --unusable
      verifier store prune --before 2026-10-01 --model claude-haiku-4-5
    """  # noqa: D301  # as above
    from verifier.storecommand import prune

    count = prune(url, before=before, model=model, unusable=unusable)
    click.echo(f"{count:,} opinion{'s' * (count != 1)} deleted")


@store.command(name="export", short_help="Write opinions out.")
@_store
@click.option("-o", "--output", metavar="OUT", help="Write here.  [default: standard output]")
def store_export(url: str | None, *, output: str | None) -> None:
    """Write every opinion as a line of JSON: its key, the reply as it came, tokens, cost in picodollars.

    \b
    Examples:
      verifier store export -o opinions.jsonl
      verifier store export | grep '"refusal"' | wc -l
    """  # noqa: D301  # as above
    from verifier.storecommand import export

    count = export(url, output)
    if output not in {None, "-"}:
        click.echo(f"{count:,} opinion{'s' * (count != 1)} in {output}")


@main.command(short_help="Answer over HTTP.")
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one.  [default: 8000]")
@click.option("--workers", type=click.IntRange(1, 512), help="Worker processes.  [default: one for each CPU]")
def serve(host: str | None, port: int | None, workers: int | None) -> None:
    """Answer POST /grade and POST /grade/batch, until stopped by Ctrl-C or SIGTERM.

    The VERIFIER_* variables set the rest: keys, limits, the form of the log.

    \b
    Examples:
      verifier serve
      verifier serve --host 0.0.0.0 --port 8080 --workers 4
      VERIFIER_API_KEYS=secret1,secret2 VERIFIER_LOG_FORMAT=json verifier serve
    """  # noqa: D301  # \b is click's mark for lines that it must not wrap
    from verifier.settings import load_settings

    chosen = {"host": host, "port": port, "workers": workers}
    settings = load_settings(**{name: value for name, value in chosen.items() if value is not None})
    try:
        from verifier_api.server import run
    except ModuleNotFoundError as error:
        raise SettingsError(f"'{error.name}' is not installed: pip install 'answer-verifier[api]'") from None
    run(settings)


@main.command(short_help="Combine graded files into data sets.")
@click.argument("graded", nargs=-1, required=True)
@click.option("--out", required=True, type=click.Path(), metavar="DIR", help="Folder for the results; made if need be.")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="OURS=THEIRS",
    help="Take a column from a field of another name, as it was graded; repeatable.",
)
@click.option(
    "--keep-all",
    multiple=True,
    metavar="FIELD=PATTERN",
    help="Add every row whose field matches, whatever its success. * and ? match any text, in any case. Repeatable.",
)
@click.option(
    "--prefer",
    default="tokens,cost,energy",
    show_default=True,
    metavar="LIST",
    help="Which correct row of a sample is kept: the least of these, first things first.",
)
@click.option(
    "--with-verification", is_flag=True, help="Add the verification to the data sets, as one JSON string column."
)
@click.option("--license", "license_", default="unknown", show_default=True, metavar="ID", help="License for the card.")
@click.option("--name", default="Verified trajectories", show_default=True, help="Name for the card.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
def merge(  # noqa: PLR0913  # one parameter an option
    graded: tuple[str, ...],
    *,
    out: str,
    fields: tuple[str, ...],
    keep_all: tuple[str, ...],
    prefer: str,
    with_verification: bool,
    license_: str,
    name: str,
    quiet: bool,
) -> None:
    """Write two data sets of the correct rows of GRADED files, and account for every other row.

    DIR gets all_correct_trajectories_deduped.jsonl (one correct row a sample_id), all_correct_trajectories.jsonl (and
    what --keep-all asks for), duplicates.jsonl, rejected.jsonl, manifest.json, and a dataset card, README.md.
    The same inputs give the same bytes, in any order.

    \b
    Examples:
      verifier merge kimi.graded.jsonl sonnet.graded.jsonl.gz --out data
      verifier merge *.graded.jsonl --out data --keep-all 'teacher_model=*opus*' --license apache-2.0
      verifier merge *.graded.jsonl --out data --prefer cost,tokens --with-verification
      verifier merge rows.graded.jsonl --out data --field ground_truth=reference --field final_answer=model_answer
    """  # noqa: D301  # \b is click's mark for lines that it must not wrap
    try:
        from verifier.batch.mergeoptions import Options, Selection, check_line, parse_fields, parse_prefer
        from verifier.batch.mergeview import run
    except ModuleNotFoundError as error:
        raise SettingsError(f"'{error.name}' is not installed: pip install 'answer-verifier[batch]'") from None
    if not out:
        raise SettingsError("--out: name a folder")
    options = Options(
        fields=parse_fields(fields),
        keep_all=tuple(dict.fromkeys(map(Selection.parse, keep_all))),
        prefer=parse_prefer(prefer),
        with_verification=with_verification,
        license=check_line("--license", license_),
        name=check_line("--name", name),
    )
    sys.exit(run(graded, Path(out), options, quiet=quiet))
