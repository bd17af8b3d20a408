"""Where a parcel goes as customs see it: at home, within the customs union, or abroad."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, not_

# The customs territory of the European Union by country (Regulation (EU) 952/2013, article 4; without its exceptions
# such as the Canary Islands or Livigno, which post codes tell), with Monaco.
UNION = (
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU"),
    *("LV", "MC", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
)
GROUPS = ("home", "union", "abroad")


def group(country: str, home: str) -> str:
    """Return home, union or abroad; without a home everything is abroad."""
    if home and country == home:
        return "home"
    return "union" if home in UNION and country in UNION else "abroad"


def condition(column: ColumnElement[str], name: str, home: str) -> ColumnElement[bool]:
    """Return whether a country in a column is of a group."""
    union = and_(column.in_(UNION if home in UNION else ()), column != home)
    at_home: ColumnElement[bool] = column == (home or "??")
    if name == "home":
        return at_home
    return union if name == "union" else and_(not_(at_home), not_(union))
