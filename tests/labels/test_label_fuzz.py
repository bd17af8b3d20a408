"""No text that stands in a field of a label changes what the printer is told to do."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

from labels.label_fuzz import labels, strayed

from wms.labels.escaping import Zpl
from wms.labels.labels import ToteLabel
from wms.labels.zpl import Sheet

# `make bench-labels` puts 100,000 texts into labels; this is a taste of it.
VALUES = 2_000


def test_two_thousand_hostile_texts_add_no_command_to_any_label() -> None:
    found = [strayed(label) for label, _ in labels(VALUES, seed=4)]
    assert [each for each in found if each not in ("", "refused")] == []
    assert found.count("refused") < len(found) / 2


def test_a_field_that_is_not_escaped_is_found() -> None:
    tote = ToteLabel("TO-C01-3-S", "T~JA")
    assert strayed(tote) == ""
    with patch.object(Sheet, "escape", staticmethod(lambda text: Zpl(f"^FH_^FD{text}"))):
        assert "'~JA'" in strayed(replace(tote, name="U~JA"))  # a text that was not placed before
