"""The SKU map in the office: typed whole, tried before it is saved, with versions and test picks."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from backers import Campaign, backer
from desk import PAGE, Desk

HOSTILE = "<script>x</script>"


class Map(Desk):
    """A desk with a campaign of three orders and a supervisor's browser."""

    def fill(self) -> Map:
        """Import the orders; one has something that the map lacks."""
        self.campaign_of = Campaign(self, Core="CORE-RED", Dice="DICE")
        self.campaign_of.review(
            backer(1, "Core"), backer(2, "Core", "2 Dice"), backer(3, "Core", f"1 Core-Blue{HOSTILE}")
        )
        self.session = self.browser("supervisor")
        self.here = f"/office/map/{self.campaign_of.id}"
        return self

    def send(self, do: str, *lines: tuple[str, str, str], **more: Any) -> Any:
        """Send the table: (key, content, region) of items."""
        client, csrf = self.session
        columns = {"key": [line[0] for line in lines], "content": [line[1] for line in lines]}
        columns |= {"region": [line[2] for line in lines], "remark": [""] * len(lines), "source": ["item"] * len(lines)}
        form = columns | {"do": do, "base": str(more.pop("base", 1)), "csrf": csrf} | more
        return client.post(self.here, data=form, headers=PAGE, follow_redirects=True)

    def look(self, path: str = "") -> str:
        """Return a page of the map."""
        return str(self.session[0].get(self.here + path, headers=PAGE).text)


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Map]:
    desk = Map(f"sqlite:///{tmp_path_factory.mktemp('map')}/map.db").fill()
    yield desk
    desk.close()


CORE, DICE = ("Core", "CORE-RED", ""), ("Dice", "DICE", "")


def test_what_is_not_mapped_comes_first_with_a_guess(desk: Map) -> None:
    page = desk.look()
    assert page.index("Core-Blue") < page.index('value="CORE-RED"')
    assert 'data-guess="CORE-BLUE"' in page
    assert HOSTILE not in page


def test_a_draft_says_what_it_would_do_and_saves_nothing(desk: Map) -> None:
    page = desk.send("try", CORE, ("Dice", "DICE + 3 core-blue", "")).text
    assert "1 order</dd>" in page
    assert '+6</b> <span class="code">CORE-BLUE' in page
    assert 'value="DICE + 3 CORE-BLUE"' in page
    assert "version 1" in page


def test_an_sku_goes_into_chosen_keys_in_one_step(desk: Map) -> None:
    page = desk.send("append", CORE, DICE, pick=["item|core", "item|dice"], more="2 CORE-BLUE").text
    assert 'value="CORE-RED + 2 CORE-BLUE"' in page
    assert 'value="DICE + 2 CORE-BLUE"' in page
    assert "+10</b>" in page


def test_a_saved_map_is_a_version_that_can_be_restored_and_the_orders_follow(desk: Map) -> None:
    page = desk.send("save", CORE, DICE, (f"Core-Blue{HOSTILE}", "-", ""), note="The blue one is a joke").text
    assert "Version 2 is in force. 0 orders have other lines." in page
    assert "The blue one is a joke" in page
    assert desk.campaign_of.state(3) == "clean"
    assert "not in the map" in desk.look("?version=2")
    client, csrf = desk.session
    again = client.post(
        f"{desk.here}/restore", data={"version": "1", "csrf": csrf}, headers=PAGE, follow_redirects=True
    )
    assert "Version 1 is in force again, as version 3." in again.text


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ((("Core", "NOPE", ""),), "unknown: NOPE"),
        ((("Core", "CORE-RED", "Narnia"),), "NARNIA is neither"),
        ((CORE, CORE), "stands twice"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(desk: Map, lines: Any, sentence: str) -> None:
    answer = desk.send("save", *lines)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{lines[0][1]}"' in answer.text


def test_a_map_that_somebody_else_saved_meanwhile_is_not_overwritten(desk: Map) -> None:
    desk.send("save", CORE)
    assert "Version 2 was saved meanwhile" in desk.send("save", CORE, DICE, base=1).text


def test_a_file_comes_in_as_a_draft_and_goes_out_as_it_is(desk: Map) -> None:
    told = desk.session[0].get(f"{desk.here}.csv").text
    assert told.splitlines() == ["source,key,sku,qty,region,note", "item,core,CORE-RED,1,,", "item,dice,DICE,1,,"]
    data = {"file": (BytesIO(told.replace("DICE,1", "DICE,2").encode()), "map.csv"), "csrf": desk.session[1]}
    page = desk.session[0].post(f"{desk.here}/file", data=data, headers=PAGE).text
    assert "+2</b>" in page
    assert "What saving would do" in page


def test_test_picks_show_each_configuration_until_somebody_saw_it(desk: Map) -> None:
    page = desk.look("/test-picks")
    assert page.count('name="shape"') == 3
    shape = page.split('name="shape" value="')[1].partition('"')[0]
    client, csrf = desk.session
    done = client.post(
        f"{desk.here}/test-picks", data={"shape": shape, "csrf": csrf}, headers=PAGE, follow_redirects=True
    )
    assert "One configuration is seen and right." in done.text
    assert done.text.count('name="shape"') == 2
    assert "Pat supervisor" in desk.look("/test-picks?all=yes")


def test_the_api_gives_tries_and_writes_the_map(desk: Map) -> None:
    client, at = desk.as_("supervisor"), f"/api/v1/campaigns/{desk.campaign_of.id}"
    found = client.get(f"{at}/map").json
    assert (found["version"], found["behind"], found["lines"][0]["sku"]) == (1, 0, "CORE-RED")
    lines = [found["lines"][0] | {"qty": 2}, found["lines"][1]]
    assert client.post(f"{at}/map/try", json={"lines": lines}).json["units"] == {"CORE-RED": 3}
    assert client.put(f"{at}/map", json={"lines": lines, "base": 1}).json == {"version": 2, "changed": 3, "job": None}
    shapes = client.get(f"{at}/configurations").json["items"]
    assert client.post(f"{at}/configurations/seen", json={"shapes": [each["shape"] for each in shapes]}).json["done"]
    assert {each["seen_by"] for each in client.get(f"{at}/configurations").json["items"]} == {"Pat supervisor"}
