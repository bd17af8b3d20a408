"""The second revision: printers and labels of an older database stay as they are, and labels may now be claimed."""

from __future__ import annotations

import pytest
from olden import olden
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from wms import migrations
from wms.db import Store

OLD = (
    "INSERT INTO printer (id, code, name, transport, host, port, queue, dpi, paused, trouble)"
    " VALUES (1, 'ZP1', 'P1', 'tcp', '192.0.2.7', 9100, '', 203, false, 'away')",
    "INSERT INTO print_job (id, printer_id, template, subject, event, copy, label, zpl, state, reason, attempts,"
    " created_at) VALUES (1, 1, 'tote', 'TO-1', 'e', 1, '{}', '^XA^XZ', 'uncertain', 'why', 3, '2026-01-01 00:00:00')",
)


@pytest.fixture
def older(empty_url: str) -> Store:
    """A database of the first revision with a printer and a label."""
    return olden(empty_url, "0001", OLD)


def test_what_was_there_stays_and_gets_plain_values(older: Store) -> None:
    migrations.upgrade(older)
    with older.read() as tx:
        printer = tx.one(text("SELECT name, trouble, labels, model, told_dpi, fallback_id FROM printer"))
        label = tx.one(text("SELECT state, reason, attempts, why FROM print_job"))
    older.close()
    assert tuple(printer or ()) == ("P1", "away", "", "", 0, None)
    assert tuple(label or ()) == ("uncertain", "why", 3, "")


def test_a_label_may_be_claimed_and_still_not_be_anything(older: Store) -> None:
    migrations.upgrade(older)
    older.transact(lambda tx: tx.execute(text("UPDATE print_job SET state = 'claimed'")))
    with pytest.raises(DBAPIError, match="ck_print_job_state"):
        older.transact(lambda tx: tx.execute(text("UPDATE print_job SET state = 'eaten'")))
    with pytest.raises(DBAPIError, match=r"(?i)unique"):
        older.transact(lambda tx: tx.execute(text(OLD[1].replace("(1, 1, 'tote'", "(2, 1, 'tote'"))))
    older.close()
