"""The command line: ``verifier grade | explain | merge | rules | serve``.

Command bodies import what they need when they run, so that ``verifier --help`` is quick.
"""

from __future__ import annotations

import click

from verifier.types.errors import SettingsError, VerifierError

USAGE_ERROR = 2


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
