"""What a column of an order file can mean, in the words of the page that asks."""

from __future__ import annotations

from wms.formats.orders.rows import Column

GROUPS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "Nothing of an order",
        (("other", "Ignore"), ("survey", "Survey answer")),
    ),
    (
        "Quantities, one column for each thing",
        (("item", "Quantity of the item it names"), ("sku", "Quantity of the SKU it names"), ("addon", "Add-on")),
    ),
    (
        "The order",
        (("number", "Order number"), ("uid", "Person's number on the platform"), ("name", "Backer's name"),
         ("email", "E-mail"), ("reward_id", "Reward number"), ("reward_title", "Reward"), ("amount", "Amount pledged"),
         ("currency", "Currency"), ("balance", "Balance"), ("pledged_at", "Pledged at"), ("late", "Late pledge"),
         ("notes", "Creator's note"), ("tax_id", "Tax number")),
    ),
    (
        "How far it is",
        (("pledge_status", "Payment"), ("order_status", "Order status"), ("stage", "Fulfilment"),
         ("cancelled_at", "Cancelled at"), ("survey_answered", "Survey answered at"),
         ("survey_status", "Survey status"), ("tracking", "Tracking number")),
    ),
    (
        "Where it goes",
        (("ship_name", "Recipient"), ("ship_first_name", "First name"), ("ship_last_name", "Last name"),
         ("ship_company", "Company"), ("ship_line1", "Street"), ("ship_line2", "Second address line"),
         ("ship_line3", "Third address line"), ("ship_city", "City"), ("ship_state", "State"),
         ("ship_postal_code", "Postal code"), ("ship_country_code", "Country"),
         ("ship_country_name", "Country, by name"), ("ship_phone", "Telephone"), ("delivery_notes", "Delivery notes"),
         ("shipping_country", "Country when pledged")),
    ),
    (
        "Things chosen, a row or a cell for each",
        (("item_sku", "SKU"), ("item_name", "Item"), ("item_variant", "Variant"), ("item_qty", "Quantity"),
         ("item_ships", "Needs shipping"), ("skus", "List of SKUs and quantities")),
    ),
)  # fmt: skip
WORDS = {role: words for _, group in GROUPS for role, words in group} | {
    "block": "Repeated item block",
    "unknown_quantity": "Looks like a quantity: choose",
}


def meaning(column: Column) -> str:
    """Return what a column is taken for: a field of an order, or a kind of column."""
    return column.part if column.role == "core" else column.role
