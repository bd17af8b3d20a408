"""The invented campaign as files: a platform's export, goods, kits, reward map, and the truth to compare with."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from stdnum import ean

from wms.formats.invented_orders import Backer, Campaign, price, skus, units
from wms.formats.invented_report import AFTER, ANSWERS, BEFORE
from wms.formats.invented_wares import OWNER, QUESTION, STRAY, TIERS
from wms.formats.reward_map import write_reward_map

BACKERKIT = (
    "Id", "Service Guid", "Platform", "Reward Id", "Name", "Email", "Address Name", "Address Line 1", "Address Line 2",
    "Address City", "Address State", "Address Country", "Address Postal Code", "Address Phone Number", "Pledge Amount",
    "Pledge Status", "Notes", "Public Notes", "Pledged At", "Survey Answered At", "Full Address", "Full Country",
    "Reward Price", "Reward Description", "Order Placed", "Order ID", "Order Status", "Order Charged", "Charge Token",
    "Funds Added in BackerKit", "Add-on Shipping Subtotal", "Pledge Level Shipping Subtotal", "Total Spent",
)  # fmt: skip
SHOPIFY = (
    "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Currency", "Subtotal", "Shipping", "Total",
    "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku", "Lineitem requires shipping",
    "Shipping Name", "Shipping Address1", "Shipping Address2", "Shipping City", "Shipping Zip", "Shipping Province",
    "Shipping Country", "Shipping Phone", "Notes", "Cancelled at", "Outstanding Balance", "Id", "Tags",
)  # fmt: skip
ITEMS = (
    "owner", "sku", "name", "barcode", "length_mm", "width_mm", "height_mm", "weight_g", "hs_code", "origin", "value",
    "currency",
)  # fmt: skip
Rows = Iterator[Sequence[object]]


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as CSV in UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


# --- a platform's export ---


def export(campaign: Campaign, platform: str = "kickstarter") -> bytes:
    """The orders as a platform's file: kickstarter (item columns), backerkit (SKU columns) or shopify (line by line).

    Raises KeyError for another platform.
    """
    header, rows = PLATFORMS[platform](campaign)
    return table(header, rows)


def _kickstarter(campaign: Campaign) -> tuple[Sequence[str], Rows]:
    wares = campaign.wares
    titles = (f"[Addon: {number}] {title}" for number, title, _ in (*wares.addons, (*STRAY, 0)))
    return (*BEFORE, *wares.columns, *titles, *AFTER, QUESTION), (
        _kickstarter_row(campaign, each) for each in campaign.backers
    )


def _kickstarter_row(campaign: Campaign, backer: Backer) -> Sequence[object]:
    wares, to, land = campaign.wares, backer.recipient, backer.land
    cost, extras = price(wares, backer)
    rng = random.Random(backer.serial)
    paid = 0 if backer.status == "errored" else cost + extras + 15
    before = (
        backer.serial, 510_000_000 + backer.serial * 37, f"Backer {backer.serial}", backer.email, land.code, "$15.00",
        TIERS[backer.choice.tier][0], f"${cost}.00", wares.tier_id(backer.choice.tier), f"${extras}.00",
        f"${paid:,}.00", _moment(rng, 5), "Yes" if backer.late else "", "", backer.status, backer.notes, "", land.code,
    )  # fmt: skip
    country = land.name if to.country_code else ""
    where = (to.name, to.line1, to.line2, to.city, to.state, to.postal_code, country, to.country_code, to.phone, "")
    said = (_moment(rng, 8), *where, rng.choice(ANSWERS), backer.shirt) if backer.answered else ("",) * (len(where) + 3)
    return (*before, *backer.choice.items, *backer.choice.addons, int(backer.stray), *said)


def _moment(rng: random.Random, month: int) -> str:
    day = (month + rng.randint(0, 1), rng.randint(1, 28), rng.randint(0, 23), rng.randint(0, 59))
    return "2025/{:02d}/{:02d}, {:02d}:{:02d}".format(*day)


def _backerkit(campaign: Campaign) -> tuple[Sequence[str], Rows]:
    known = [ware.sku for ware in campaign.wares.goods] + list(campaign.wares.kits) + [f"{OWNER}-POSTER"]
    rules = campaign.wares.map.rules

    def row(backer: Backer) -> Sequence[object]:
        to, wanted = backer.recipient, skus(campaign.wares, rules, backer)
        if backer.stray:
            wanted[f"{OWNER}-POSTER"] = 1
        answered = _moment(random.Random(backer.serial), 8) if backer.answered else ""
        full = "\n".join(filter(None, (to.name, to.line1, to.line2, to.city, to.postal_code, to.country_code)))
        return (
            backer.serial, f"guid-{backer.serial}", "kickstarter", campaign.wares.tier_id(backer.choice.tier),
            f"Backer {backer.serial}", backer.email, to.name, to.line1, to.line2, to.city, to.state, to.country_code,
            to.postal_code, to.phone, "100.0", _pledge_status(backer), backer.notes, "", "2025-05-03 10:00", answered,
            full, backer.land.name if to.country_code else "", "", TIERS[backer.choice.tier][0], *([""] * 9),
            *(wanted.get(sku, 0) for sku in known),
        )  # fmt: skip

    return (*BACKERKIT, *known), (row(backer) for backer in campaign.backers)


def _pledge_status(backer: Backer) -> str:
    return {"errored": "failed", "dropped": "canceled"}.get(backer.status, backer.status)


def _shopify(campaign: Campaign) -> tuple[Sequence[str], Rows]:
    rules = campaign.wares.map.rules

    def rows() -> Rows:
        for backer in campaign.backers:
            wanted = [*skus(campaign.wares, rules, backer).items(), *([(f"{OWNER}-POSTER", 1)] if backer.stray else [])]
            for place, (sku, qty) in enumerate(wanted or [("", 1)]):
                yield _shopify_row(backer, (sku, qty), first=place == 0)

    return SHOPIFY, rows()


def _shopify_row(backer: Backer, line: tuple[str, int], first: bool) -> Sequence[object]:
    to, (sku, qty) = backer.recipient, line
    number, made = f"#{backer.serial}", "2025-05-03 10:14:00 -0400"
    status = {"errored": "pending", "dropped": "voided"}.get(backer.status, "paid")
    item = (qty, sku, "10.00", sku, "true")
    if not first:
        return (number, backer.email, *([""] * 7), made, *item, *([""] * 13))
    where = (to.name, to.line1, to.line2, to.city, to.postal_code, to.state, to.country_code, to.phone)
    owed = "20.00" if backer.status == "errored" else "0.00"
    money = (status, made, "unfulfilled", "USD", "50.00", "15.00", "65.00")
    return (number, backer.email, *money, made, *item, *where, backer.notes, "", owed, 5_550_000 + backer.serial, "")


PLATFORMS: dict[str, Callable[[Campaign], tuple[Sequence[str], Rows]]] = {
    "kickstarter": _kickstarter,
    "backerkit": _backerkit,
    "shopify": _shopify,
}


# --- what goes with it ---


def edited(campaign: Campaign, edits: int, seed: int) -> tuple[Campaign, list[tuple[int, str]]]:
    """The same campaign some weeks later: `edits` clean orders have another street, a tenth as many are gone; and
    (number, "address" or "gone") of each."""
    rng = random.Random(seed + 1)
    clean = [place for place, backer in enumerate(campaign.backers) if backer.clean]
    picked = rng.sample(clean, min(edits + edits // 10, len(clean)))
    moved, gone = set(picked[:edits]), set(picked[edits:])
    later = []
    for place, backer in enumerate(campaign.backers):
        if place in moved:
            street = f"{rng.randint(3_000, 9_000)} New Quarter"
            backer = replace(backer, recipient=replace(backer.recipient, line1=street))
        if place not in gone:
            later.append(backer)
    told = [(campaign.backers[place].serial, "address" if place in moved else "gone") for place in sorted(moved | gone)]
    return replace(campaign, backers=tuple(later)), told


def items(campaign: Campaign) -> bytes:
    """The goods as items.csv."""
    rows = []
    for number, ware in enumerate(campaign.wares.goods):
        body = f"95200027{number:04d}"  # 952: for demonstrations
        sizes = (*ware.size, ware.weight_g)
        customs = (ware.hs_code, ware.origin, f"{ware.value}.00", "USD")
        rows.append((OWNER, ware.sku, ware.name, body + ean.calc_check_digit(body), *sizes, *customs))
    return table(ITEMS, rows)


def kits(campaign: Campaign) -> bytes:
    """The kits as kits.csv."""
    every = ((kit, sku, qty) for kit, parts in campaign.wares.kits.items() for sku, qty in parts.items())
    return table(("kit_sku", "sku", "qty"), every)


def rewards(campaign: Campaign) -> bytes:
    """The reward map as rewards.csv."""
    return write_reward_map(campaign.wares.map.rows)


def truth(campaign: Campaign, platform: str = "kickstarter") -> bytes:
    """Which orders are dirty and why, as CSV: number, hold codes, reason."""
    rows = ((each.serial, " ".join(held(each, platform)), each.why) for each in campaign.backers if not each.clean)
    return table(("number", "holds", "why"), rows)


def held(backer: Backer, platform: str) -> tuple[str, ...]:
    """The hold codes that an order of a platform's export deserves: a shop has no survey but the address, and it tells
    what is owed."""
    if platform == "shopify" and backer.answered and not backer.recipient.line1:
        return ("SURVEY_MISSING",)
    return (*backer.holds, "BALANCE_DUE") if platform == "shopify" and backer.status == "errored" else backer.holds


def contents(campaign: Campaign) -> dict[str, dict[str, int]]:
    """Order number -> SKU -> units, kits resolved, of orders whose content is known."""
    return {str(each.serial): units(campaign.wares, each) for each in campaign.backers}


def about(code: str, platform: str) -> bytes:
    """The campaign itself as campaign.toml."""
    facts = {"owner": OWNER, "code": code, "name": "Cinder and Quill", "platform": platform, "profile": ""}
    return "".join(f'{name} = "{value}"\n' for name, value in facts.items()).encode()


def files(campaign: Campaign, seed: int, platform: str, edits: int, code: str) -> Iterator[tuple[str, bytes]]:
    """Every file of the campaign with its name; with `edits`, the export again some weeks later and what changed."""
    yield "orders.csv", export(campaign, platform)
    yield "items.csv", items(campaign)
    yield "kits.csv", kits(campaign)
    yield "rewards.csv", rewards(campaign)
    yield "truth.csv", truth(campaign, platform)
    yield "units.csv", table(("sku", "units"), campaign.units().items())
    yield "campaign.toml", about(code, platform)
    if edits:
        later, told = edited(campaign, edits, seed)
        yield "orders_later.csv", export(later, platform)
        yield "edits.csv", table(("number", "kind"), told)
