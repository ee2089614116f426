"""A group that is a command too: `feedmill backfill SITE` beside `feedmill backfill list`."""

from typing import Any

import click

_DEFAULT = "\0"  # nobody can type it


class DefaultCommand(click.Command):
    """The command that a group is: what it says of its usage has the group's name."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """As if it stood in the place of its group."""
        if parent is not None and info_name == _DEFAULT:
            info_name, parent = parent.info_name, parent.parent
        return super().make_context(info_name, args, parent, **extra)


class DefaultCommandGroup(click.Group):
    """What is no name of a subcommand goes to the group's default command, whose help and options are the group's."""

    def __init__(self, *args: Any, default: click.Command, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.no_args_is_help = True
        self.default = default

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Hand all words to the default command, unless the first one names another or asks for help."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The default command by a name that nobody types, the others by theirs."""
        return self.default if cmd_name == _DEFAULT else super().get_command(ctx, cmd_name)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Both ways to call it."""
        self.default.format_usage(ctx, formatter)
        formatter.write_usage(ctx.command_path, "COMMAND [ARGS]...", prefix="       ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the default command does."""
        self.default.format_help_text(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The default command's options, then the other commands."""
        self.default.format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What stands below the default command's options."""
        self.default.format_epilog(ctx, formatter)
