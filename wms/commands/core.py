"""What every sub-command has: settings, its database, and errors as one clear line."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from wms import migrations, tls
from wms import settings as settings_module
from wms.db import Store
from wms.errors import Refusal
from wms.formats.errors import FormatError
from wms.settings import SettingsError


class Command:
    """The settings of one call, and its database."""

    def __init__(self, database: str | None, config: Path | None) -> None:
        settings_module.adopt({"database.url": database} if database else {}, config)
        self.settings = settings_module.load()
        self.named = database is not None

    def store(self) -> Store:
        """Return the database, brought to the newest schema."""
        try:
            store = Store(self.settings.database)
            migrations.current(store)
        except (SQLAlchemyError, ImportError, OSError) as error:
            why = str(getattr(error, "orig", None) or error).partition("\n")[0]
            raise click.ClickException(f"The database cannot be opened: {why}") from error
        if copy := migrations.upgrade(store):
            click.echo(f"The database was upgraded; a copy of the old one is {copy}", err=True)
        return store


def command(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a sub-command --database and --config, and turn errors into one clear line and exit code 1."""

    @click.option("--database", metavar="URL", help="sqlite:///file.db or postgresql+psycopg://… (WMS__DATABASE__URL)")
    @click.option("--config", type=click.Path(path_type=Path, exists=True), help="A TOML file over the defaults.")
    @wraps(function)
    def run(database: str | None, config: Path | None, **options: Any) -> Any:
        try:
            return function(Command(database, config), **options)
        except (Refusal, SettingsError, FormatError, migrations.TooNew, tls.TlsError) as error:
            raise click.ClickException(error.text if isinstance(error, Refusal) else str(error)) from error

    return run
