"""The entry point: the table of commands, each imported only when it is called."""

import importlib
import sys

import click

from flows.memory import collect_less

# name -> (module:object, what --help says). A table, so that --help imports no command.
COMMANDS = {
    "up": ("flows.cli.up:up", "Run the whole system here: server, dashboard, worker, first poll."),
    "feeds": ("flows.cli.feeds:feeds", "Subscriptions: add, import, export, list, tag, remove, pause, resume."),
    "ingest": ("flows.cli.ingest:ingest", "One round here and now: poll what is due, fetch, extract, store."),
    "ingest-urls": ("flows.cli.ingest:ingest_urls", "Fetch, extract and store these pages now."),
    "backfill": ("flows.cli.backfill:backfill", "What a site published before: plan, fetch, list, resume, cancel."),
    "articles": ("flows.cli.articles:articles", "Read what is stored: search, show, history, diff, export."),
    "filters": ("flows.cli.filters:filters", "What is not wanted: add, list, remove, test."),
    "stories": ("flows.cli.stories:stories", "Articles that tell the same text: list, show."),
    "browse": ("flows.cli.browse:browse", "Look through the SQLite store in a web browser."),
    "reextract": ("flows.cli.reextract:reextract", "Today's rules over stored pages, without the network."),
    "archive": ("flows.cli.archive:archive", "The pages as they were fetched: stats, prune."),
    "retention": ("flows.cli.retention:retention", "How long articles are kept: show, set, preview, apply, forget."),
    "import-warc": ("flows.cli.import_warc:import_warc", "The pages of WARC files as articles, without the network."),
    "extract": ("flows.cli.extract:extract", "The extraction alone: HTML in, article JSON out, no database."),
    "clean": ("flows.cli.extract:clean", "The cleaning alone, on text that something else extracted."),
    "rules": ("flows.cli.rules:rules", "The rules over a page's text: check, explain, record."),
    "parse": ("flows.cli.parse:parse", "The feed parser alone: bytes in, entries out."),
    "websub": ("flows.cli.websub:websub", "Pushes instead of polls: serve, list, discover."),
    "searches": ("flows.cli.searches:searches", "Saved searches, and webhooks on new articles: add, list, remove."),
    "serve": ("flows.cli.serve:serve", "The Prefect server alone, behind a password."),
    "deploy": ("flows.cli.deploy:deploy", "The timetable onto a Prefect server that runs elsewhere."),
    "automations": ("flows.cli.automations:automations", "Alerts on the Prefect server: apply, list, remove."),
    "sample": ("flows.cli.sample:sample", "Serve the sample newsroom on this machine."),
    "db": ("flows.cli.db:db", "The database: upgrade, check, stats."),
    "doctor": ("flows.cli.doctor:doctor", "What is wrong with this installation, and what to do."),
}

HELP = """Turn feeds into clean, stored articles.

Start with `feedmill up` for the whole system with its dashboard, or with `feedmill feeds add URL` and
`feedmill ingest` for one round without a server. Every command explains itself with --help; what prints for
people prints JSON with --json. Exit codes: 0 done, 1 something asked for failed, 2 wrong words.
"""


class LazyGroup(click.Group):
    """A group whose commands stand in COMMANDS and are imported when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands in the table's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import and give one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Call the command. A reader that has gone is nobody's failure: click's own end for it is exit code 1."""
        from flows.cli.failure import quiet_where_nobody_reads

        with quiet_where_nobody_reads():
            return super().invoke(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """The table as --help shows it, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=LazyGroup, help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="feedmill", prog_name="feedmill")
def cli() -> None:
    """The group itself does nothing."""


def main() -> None:
    """Run, and turn what a person can act on into one line and exit code 1."""
    collect_less()
    from flows.cli.failure import told_plainly

    with told_plainly():
        sys.exit(cli.main(standalone_mode=True))


if __name__ == "__main__":
    main()
