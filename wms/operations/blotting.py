"""People's words are blotted out of what others wrote: remarks about their orders, files that they stood in, labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, bindparam, or_, select, update

from wms.db import Store, Tx, dumps
from wms.operations import staging
from wms.queries import personal
from wms.queries.personal import table

BLOT, ERASED = "[erased]", "Erased."
PART = 1000  # rows of one step
CODE = re.compile(rb"[A-Z0-9][A-Z0-9-]{7,}")  # on a label: OR-, PA-, RR123456785DE, and an SSCC after its 00
SSCC = 18
LABELS = (".zpl", ".part", ".png")
imports, rejects, jobs, drafts = table("import"), table("import_reject"), table("job"), "draft"


def blot(text: str, words: Iterable[str]) -> str:
    """Return a text without some words, however they are written in it."""
    folded = text.casefold()
    found = [word for word in words if word.split() and word.split()[0].casefold() in folded]
    pattern = personal.blotter(found) if found else None
    return pattern.sub(BLOT, text) if pattern else text


# --- remarks about orders ---


def remarks(tx: Tx, order_ids: Sequence[int], words: Mapping[int, set[str]]) -> None:
    """Blot the words of the people behind some orders out of what was written about these orders."""
    everybody = set().union(*words.values())
    for name, columns in personal.REMARKS.items():
        here = table(name)
        own = [here.c.order_id] if "order_id" in here.c else []
        said = or_(*(here.c[column] != "" for column in columns))
        wanted = select(here.c.id, *own, *(here.c[column] for column in columns))
        rows = tx.all(wanted.where(personal.rows_of(name, order_ids), said))
        rewrite(tx, here, columns, ((row, words.get(row.order_id, ()) if own else everybody) for row in rows))


def rewrite(tx: Tx, here: Table, columns: Sequence[str], rows: Iterable[tuple[Any, Iterable[str]]]) -> int:
    """Write the rows of a table anew whose columns hold words to be blotted; return how many did."""
    changed = []
    for row, words in rows:
        before = {column: row._mapping[column] for column in columns}
        after = {column: fitting(here, column, blot(text, words)) for column, text in before.items()}
        if after != before:
            changed.append({"row": row.id} | {f"new_{column}": text for column, text in after.items()})
    if changed:
        values: dict[str, Any] = {column: bindparam(f"new_{column}") for column in columns}
        tx.execute(update(here).where(here.c.id == bindparam("row")).values(values), changed)
    return len(changed)


def fitting(here: Table, column: str, text: str) -> str:
    """Return a text cut to what its column takes: a blot may be longer than what it covers."""
    size = cast(Any, here.c[column].type).length
    return text[:size] if size else text


# --- one person in files ---


def in_files(tx: Tx, campaign_id: int, words: Collection[str], numbers: Sequence[str]) -> Counter[str]:
    """Clear the files of a campaign of one person: rejected rows go, sentences are blotted, drafts are thrown away.

    Return table -> rows. Only words that name nobody else are looked for: mail, telephone, a name of two words.
    """
    ours = select(imports.c.id).where(imports.c.campaign_id == campaign_id)
    sure = {word for word in words if " " in word or "@" in word or sum(letter.isdigit() for letter in word) > 5}
    cells = [f'"{number}"' for number in numbers]
    counts: Counter[str] = Counter()
    mine = personal.names(rejects.c.raw, [*sure, *cells])
    blank = update(rejects).where(rejects.c.import_id.in_(ours), mine).values(raw="{}", reason=ERASED)
    counts["import_reject"] = tx.execute(blank).rowcount
    if sure:
        here = (imports.c.id.in_(ours), jobs.c.kind == "import", rejects.c.import_id.in_(ours))
        kept = dict(zip(("import", "job", "import_reject"), here, strict=True))
        for name, where in kept.items():
            counts[name] += clear(tx, name, where, sure)
    for import_id in waiting(tx, campaign_id):
        staging.discard(tx, import_id)
        counts["import_piece"] += 1
    return counts


def clear(tx: Tx, name: str, where: Any, words: Collection[str]) -> int:
    """Blot words out of the sentences of a table; return how many rows held them."""
    here, columns = table(name), [column for column in personal.FILES[name] if column != "raw"]
    holds = or_(*(personal.names(here.c[column], words) for column in columns))
    rows = tx.all(select(here.c.id, *(here.c[column] for column in columns)).where(where, holds))
    return rewrite(tx, here, columns, ((row, words) for row in rows))


def waiting(tx: Tx, campaign_id: int) -> list[int]:
    """Return the files of a campaign that wait to be read."""
    mine = (imports.c.campaign_id == campaign_id, imports.c.state == drafts, imports.c.kind == "orders")
    return [row.id for row in tx.all(select(imports.c.id).where(*mine))]


# --- all files of a campaign ---


def empty_files(store: Store, campaign_id: int) -> Counter[str]:
    """Empty what the files of a campaign left: rejected rows, sentences, results of jobs, files that wait."""
    with store.read() as tx:
        ids = [row.id for row in tx.all(select(imports.c.id).where(imports.c.campaign_id == campaign_id))]
        drafts_left = waiting(tx, campaign_id)
    counts: Counter[str] = Counter()
    for import_id in ids:
        if import_id in drafts_left:
            store.transact(lambda tx, i=import_id: staging.discard(tx, i))  # type: ignore[misc]
            counts["import_piece"] += 1
            continue
        while number := store.transact(lambda tx, i=import_id: empty_rejects(tx, i)):  # type: ignore[misc]
            counts["import_reject"] += number
        counts["import"] += store.transact(lambda tx, i=import_id: empty_import(tx, i))  # type: ignore[misc]
    return counts


def empty_rejects(tx: Tx, import_id: int) -> int:
    """Empty some rejected rows of an import; return how many, 0 when none is left."""
    left = (rejects.c.import_id == import_id, or_(rejects.c.raw != "{}", rejects.c.reason != ERASED))
    ids = [row.id for row in tx.all(select(rejects.c.id).where(*left).limit(PART))]
    tx.execute(update(rejects).where(rejects.c.id.in_(ids)).values(raw="{}", reason=ERASED))
    return len(ids)


def empty_import(tx: Tx, import_id: int) -> int:
    """Empty the sentences of an import, its changes that are no order's, and what its jobs told; return 1 if any."""
    error = {"error": ERASED} if tx.value(select(imports.c.error).where(imports.c.id == import_id)) else {}
    said = (imports.c.id == import_id, or_(imports.c.problems != "[]", imports.c.error.not_in(("", ERASED))))
    number = tx.execute(update(imports).where(*said).values(problems="[]", **error)).rowcount
    changes = table("import_change")
    loose = (changes.c.import_id == import_id, changes.c.order_id.is_(None))
    tx.execute(update(changes).where(*loose).values(**personal.BACKERS["import_change"]))
    mine = (jobs.c.kind == "import", jobs.c.args == dumps({"import": import_id}))
    tx.execute(update(jobs).where(*mine).values(result="{}", error=""))
    return number


# --- paper on disk ---


def remove_labels(folder: Path, codes: Collection[str]) -> int:
    """Remove the labels in a folder (and below it) that carry one of some codes; return how many files."""
    wanted = {code.encode() for code in codes}
    removed = 0
    for path in sorted(folder.rglob("*")) if folder.is_dir() and wanted else ():
        if (
            path.suffix in (".zpl", ".part", ".png")
            and path.is_file()
            and carries(path.read_bytes(), wanted.__contains__)
        ):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def carries(data: bytes, wanted: Callable[[bytes], bool]) -> bool:
    """Return whether a label carries one of some codes."""
    return any(wanted(found) or wanted(found[-SSCC:]) for found in CODE.findall(data))
