"""What the office's rooms share: the blueprint, how a page is drawn, how a form is read."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import Blueprint, flash, redirect, render_template, request
from pydantic import BaseModel
from werkzeug.wrappers import Response

from wms.errors import NotFound
from wms.web.auth import who
from wms.web.openapi import once

bp = Blueprint("office", __name__)
Model = TypeVar("Model", bound=BaseModel)
Thing = TypeVar("Thing")
READERS = ("packer", "supervisor", "admin")
IMPORTERS = ("receiver", "supervisor", "admin")
OFFICE = ("supervisor", "admin")
TABS = (  # where it leads, what it says, its key, who sees it (nobody named: everybody)
    ("home", "Today", "g h", ()),
    ("orders", "Orders", "g o", READERS),
    ("items", "Stock", "g s", ()),
    ("receipts", "Receipts", "g r", ()),
    ("waves", "Waves", "g w", ()),
    ("replenishment", "Replenish", "g n", ()),
    ("slotting", "Slotting", "g t", OFFICE),
    ("parcels", "Parcels", "g p", ()),
    ("labels", "Labels", "g l", ()),
    ("imports", "Imports", "g i", IMPORTERS),
    ("sku_map", "SKU map", "g m", OFFICE),
    ("people", "People", "g e", OFFICE),
)


def draw(template: str, tab: str, **facts: Any) -> str:
    """Return an office page; `tab` is the part of the house it is in."""
    me = who()
    tabs = [each for each in TABS if not each[3] or me.roles & set(each[3])]
    seen = {"me": me, "tab": tab, "tabs": tabs, "may": lambda *roles: bool(me.roles & set(roles))}
    return render_template(f"office/{template}.html", **seen, **facts)


def asked(model: type[Model]) -> Model:
    """Return the checked query of the page; raises ValidationError naming the field."""
    return model.model_validate(once(request.args))


def filled(model: type[Model]) -> Model:
    """Return the checked form; raises ValidationError naming the field."""
    return model.model_validate(once(request.form))


def back(sentence: str, where: str = "") -> Response:
    """Say that it worked and go on, by default to the page that asked."""
    flash(sentence, "ok")
    return redirect(where or request.referrer or "/office/")


def there(thing: Thing | None, what: str) -> Thing:
    """Return what was looked for; raises NotFound naming what is not there."""
    if thing is None:
        raise NotFound(what=what)
    return thing
