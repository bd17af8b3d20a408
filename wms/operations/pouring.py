"""Many new rows at once, as bare values: one prepared statement, or COPY, without what a row costs otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError

from wms.db import Tx

Values = tuple[Any, ...]
FEW = 10  # rows for which a COPY is no gain


def pour(tx: Tx, table: Table, names: Sequence[str], rows: Iterable[Values], **same: Any) -> None:
    """Insert rows of bare values (text, numbers, None), in the order of `names`.

    `same` are columns that all rows share; times go there. What the model gives by default is given. Raises
    IntegrityError as any other statement does.
    """
    shared = {name: value for name, value in {**defaults(table), **same}.items() if name not in names}
    tail = tuple(bare(tx, table, name, value) for name, value in shared.items())
    full = [(*row, *tail) for row in rows]
    if not full:
        return
    tx.statements += 1
    quote = tx.conn.dialect.identifier_preparer.quote
    into = f"{quote(table.name)} ({', '.join(map(quote, (*names, *shared)))})"
    if tx.conn.dialect.name == "postgresql" and len(full) > FEW:
        copy(tx.conn, f"COPY {into} FROM STDIN", full)
    else:
        mark = "?" if tx.conn.dialect.name == "sqlite" else "%s"
        tx.conn.exec_driver_sql(f"INSERT INTO {into} VALUES ({', '.join([mark] * len(full[0]))})", full)


def defaults(table: Table) -> dict[str, Any]:
    """Return the plain values that a model gives columns nobody names."""
    return {
        column.name: cast(Any, column.default).arg
        for column in table.columns
        if column.default is not None and column.default.is_scalar
    }


def bare(tx: Tx, table: Table, name: str, value: Any) -> Any:
    """Return a value as the driver takes it."""
    dialect = tx.conn.dialect
    process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
    return process(value) if process else value


def copy(conn: Connection, statement: str, rows: Iterable[Values]) -> None:
    """Send rows to PostgreSQL in its own bulk form; its errors are raised as those of any statement."""
    errors = conn.dialect.loaded_dbapi.Error
    try:
        with cast(Any, conn.connection.driver_connection).cursor().copy(statement) as target:
            for row in rows:
                target.write_row(row)
    except errors as error:
        raise DBAPIError.instance(statement, None, error, errors, hide_parameters=True, dialect=conn.dialect) from error
