"""Readings of one place are votes; a code is believed when enough ways of looking agree and no other is close."""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner_client.decoding.codes import Code
from scanner_client.decoding.plausible import Rules, plausible

LEAD = 2  # the winner has at least so many times the votes of the next
NOT_BY_ZBAR_ALONE = ("Code128", "UPC-E", "ITF")  # FNC4 literally; a UPC-E in a blurred UPC-A; a part of an ITF
ZXING, PLAIN = "zxing-cpp", "plain"


@dataclass
class Ballot:
    """The votes at one place: per code, who saw it in which preparation of the picture."""

    rules: Rules
    votes: dict[tuple[str, bytes], dict[tuple[str, str], Code]] = field(default_factory=dict)

    def add(self, codes: list[Code], preparation: str) -> None:
        """Count readings of one preparation; what breaks the rule of its symbology is no vote."""
        for code in codes:
            if plausible(self.rules, code):
                self.votes.setdefault(code.key, {}).setdefault((code.engine, preparation), code)

    def winner(self) -> Code | None:
        """Return the code that is believed, or None. A doubtful one is believed only when two ways of looking agree."""
        ranked = sorted((seen for key, seen in self.votes.items() if not self.partial(key)), key=len, reverse=True)
        if not ranked:
            return None
        first, second = ranked[0], len(ranked[1]) if len(ranked) > 1 else 0
        if len(first) < self.needed(first) or len(first) < LEAD * second:
            return None
        code = best(first)
        return code.confirmed() if len(first) > 1 else code

    def partial(self, key: tuple[str, bytes]) -> bool:
        """Return whether a longer reading of the same symbology holds this one: any part of an ITF is an ITF."""
        kind, data = key
        return any(kind == other and data in whole and data != whole for other, whole in self.votes)

    def needed(self, seen: dict[tuple[str, str], Code]) -> int:
        """Return how many votes a code needs; more than it has when zbar alone saw what zbar may get wrong."""
        code = next(iter(seen.values()))
        rule = self.rules[code.symbology]
        by_zxing = any(engine == ZXING for engine, _ in seen)
        if not by_zxing and code.symbology in NOT_BY_ZBAR_ALONE:
            return len(seen) + 1
        return rule.plain if (ZXING, PLAIN) in seen else rule.votes


def best(seen: dict[tuple[str, str], Code]) -> Code:
    """Return the reading to hand on: zxing-cpp's when it has one, for it knows the AIM identifier."""
    return next((code for (engine, _), code in seen.items() if engine == ZXING), next(iter(seen.values())))
