"""Commands that are loaded when one is asked for: a server, which never asks, starts without them."""

from importlib import import_module

import click
from flask.cli import AppGroup


class CommandsOf(AppGroup):
    """The commands that a module lists in its `COMMANDS`."""

    def __init__(self, module: str) -> None:
        super().__init__()
        self._module: str | None = module

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._load()
        return super().get_command(ctx, cmd_name)

    def _load(self) -> None:
        if self._module is None:
            return
        module, self._module = import_module(self._module), None
        for command in module.COMMANDS:
            self.add_command(command)
