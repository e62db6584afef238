"""The command line: ``verifier grade | explain | merge | rules | serve``.

Command bodies import what they need when they run, so that ``verifier --help`` is quick.
"""

from __future__ import annotations

import click

from verifier.types.errors import VerifierError

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
