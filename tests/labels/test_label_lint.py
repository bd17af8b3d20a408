"""A template that could do more than place text, lines and boxes is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from wms.errors import BadInput
from wms.labels.zpl import Press

HEAD = "{#- 50 x 30 mm: a test -#}\n"


def press_with(folder: Path, body: str, head: str = HEAD) -> Press:
    """Return a press whose only template is `body`."""
    (folder / "probe.zpl").write_text(head + body, encoding="utf-8")
    return Press(203, folder)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("~JR", "a ~ command"),
        ("^JUS", r"\^JU is not allowed"),
        ("^DFE:A.ZPL^FS", r"\^DF is not allowed"),
        ("^xz^xa", r"\^xz is not allowed"),
        ("^FD{{ name }}^FS", "write {{ field }}"),
        ("^BCN,100{{ name }}^FS", "code128 filter"),
        ("^{{ name }}", "is not allowed"),
        ("{% include 'x' %}", "include is not allowed"),
        ("{{ name.__class__ }}", "__class__ is not a field"),
        ("{{ name.upper() }}", "call is not allowed"),
        ("{{ 9 ** 9 ** 9 }}", "pow is not allowed"),
        ("{% for a in x %}{% for b in x %}{% endfor %}{% endfor %}", "a loop inside a loop"),
        ("{{ name|safe }}", "safe"),
        ("{{ name", "line 2"),
        ("{% macro m() %}{% endmacro %}", "macro is not allowed"),
    ],
)
def test_a_template_with_more_than_text_lines_and_boxes_is_refused(tmp_path: Path, body: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        press_with(tmp_path, body).load("probe")


def test_the_refusal_names_template_and_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"probe\.zpl, line 3"):
        press_with(tmp_path, "^FO1,1{{ name }}^FS\n~JA").load("probe")


def test_a_template_must_declare_its_size(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="line 1 must declare"):
        press_with(tmp_path, "{{ name }}^FS", head="").load("probe")


def test_a_field_that_the_label_does_not_have_stops_the_print(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError, match="nme"):
        press_with(tmp_path, "{{ nme }}^FS").render("probe", {"name": "x"})


def test_millimetres_become_dots_of_the_density(tmp_path: Path) -> None:
    press_with(tmp_path, "^FO{{ 10|mm }},{{ 2.5|mm }}{{ name }}^FS")
    rendered = [Press(dpi, tmp_path).render("probe", {"name": "x"}) for dpi in (203, 300)]
    assert "^PW400^LL240" in rendered[0]
    assert "^FO80,20^FH_^FDx^FS" in rendered[0]
    assert "^PW600^LL360" in rendered[1]
    assert "^FO120,30^FH_^FDx^FS" in rendered[1]
