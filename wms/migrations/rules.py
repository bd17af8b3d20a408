"""What migrations do beyond tables: the rows every database has, and tables that only grow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

OUTSIDE = {-1: "SUPPLIER", -2: "CUSTOMER", -3: "ADJUSTMENT", -4: "SCRAP", 0: "ASSEMBLY"}


def seed() -> None:
    """Write the places outside and the rows that mean "loose" and "no lot"."""
    conn = op.get_bind()
    place = sa.text(
        "INSERT INTO location (id, code, name, kind, zone, aisle, bay, level, side, x_mm, y_mm, capacity_mm3,"
        " capacity_g, hazard_ok, active) VALUES"
        " (:id, :name, :name, 'outside', '', '', 0, 0, '', 0, 0, 0, 0, :yes, :yes)"
    )
    conn.execute(place, [{"id": ref, "name": name, "yes": True} for ref, name in OUTSIDE.items()])
    conn.execute(sa.text("INSERT INTO lpn (id, code, kind) VALUES (0, 'LOOSE', 'loose')"))
    conn.execute(sa.text("INSERT INTO lot (id, code) VALUES (0, '')"))


def append_only(table: str) -> None:
    """Make the database refuse UPDATE and DELETE on a table."""
    conn = op.get_bind()
    if conn.dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            conn.exec_driver_sql(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    conn.exec_driver_sql(
        f"CREATE FUNCTION {table}_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    conn.exec_driver_sql(
        f"CREATE TRIGGER {table}_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_grows()"
    )
