"""Office pages: a campaign's survey from draft to answers, and the link of one backer."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import request, send_file, url_for
from pydantic import Field
from werkzeug.wrappers import Response

from wms.db import Tx
from wms.errors import BadInput
from wms.formats import writing
from wms.operations import auditing, confirming, jobs, surveying
from wms.operations.ledger import By
from wms.queries import backers, shapes
from wms.queries import orders as order_reads
from wms.queries import surveys as reads
from wms.queries.surveys import Question
from wms.web import confirm, privacy
from wms.web.auth import needs, who
from wms.web.office.core import OFFICE, asked, back, bp, draw, filled, there
from wms.web.openapi import Asked
from wms.web.parts import act, by, settings, snapshot

COUNTED_AT_ONCE = 20_000  # orders whose answers are counted within half a second; more on request
KINDS = {"choice": "One of some choices", "text": "A free text", "tax_id": "The tax number"}


class Which(Asked):
    """The question that is being changed, if any; the reward that a draft is looked at with; whether the answers of
    very many orders are counted."""

    question: int = Field(0, ge=0, le=2**31 - 1)
    reward: str = Field("", max_length=200)
    count: str = Field("", pattern="^(yes)?$")


class Intro(Asked):
    """What stands above the questions."""

    intro: str = Field("", max_length=2000)


class Step(Asked):
    """Which way a question moves."""

    way: str = Field(pattern="^(up|down)$")


class Revoking(Asked):
    """Why a link is taken back."""

    reason: str = Field(min_length=1, max_length=200)


@bp.get("/surveys")
@needs(*OFFICE)
def surveys() -> str:
    """List campaigns with their surveys."""
    with snapshot() as tx:
        found = reads.campaign_list(tx)
    return draw("surveys", "orders", found=found)


@bp.get("/surveys/<id:campaign_id>")
@needs(*OFFICE)
def survey(campaign_id: int) -> str:
    """Show a campaign's survey: its questions while it is a draft, what was answered when it was sent."""
    query = asked(Which)
    with snapshot() as tx:
        campaign = there(shapes.campaign_row(tx, campaign_id), f"Campaign {campaign_id}")
        row = reads.survey_of(tx, campaign_id)
        questions = reads.questions_of(tx, row.id) if row else ()
        rewards = reads.rewards_of(tx, campaign_id)
        figures = next(each for each in reads.campaign_list(tx) if each.id == campaign_id)
        orders = reads.size(tx, campaign_id)
        counting = row and row.sent_at and (orders <= COUNTED_AT_ONCE or query.count)
        counted = reads.counted(tx, campaign_id, questions) if counting else None
    chosen = next((each for each in questions if each.id == query.question), None)
    facts: dict[str, Any] = {"survey": row, "questions": questions, "rewards": rewards, "edited": chosen}
    facts |= {"figures": figures, "counted": counted, "orders": orders, "kinds": KINDS, "sizes": surveying}
    return draw("survey", "orders", campaign=campaign, **facts)


@bp.post("/surveys/<id:campaign_id>")
@needs(*OFFICE)
def introduce_survey(campaign_id: int) -> Response:
    """Write what stands above the questions."""
    act(surveying.introduce, by(), campaign_id, filled(Intro).intro)
    return back("The introduction is saved.")


@bp.post("/surveys/<id:campaign_id>/questions")
@needs(*OFFICE)
def put_question(campaign_id: int) -> Response:
    """Add a question, or change one."""
    form = request.form
    number = form.get("question", "") or "0"
    if not (number.isdecimal() and number.isascii() and len(number) < 10):
        raise BadInput(field="question", why="is none of this survey")
    question = Question(
        form.get("kind", ""), form.get("title", ""), form.get("help", ""),
        tuple(form.get("choices", "").splitlines()), tuple(form.getlist("rewards")), bool(form.get("required")),
        int(number),
    )  # fmt: skip
    act(surveying.put, by(), campaign_id, question)
    return back("The question is saved.", url_for("office.survey", campaign_id=campaign_id))


@bp.post("/surveys/<id:campaign_id>/questions/<id:question_id>/remove")
@needs(*OFFICE)
def remove_question(campaign_id: int, question_id: int) -> Response:
    """Drop a question of a draft."""
    act(surveying.remove, by(), campaign_id, question_id)
    return back("The question is gone.", url_for("office.survey", campaign_id=campaign_id))


@bp.post("/surveys/<id:campaign_id>/questions/<id:question_id>/move")
@needs(*OFFICE)
def move_question(campaign_id: int, question_id: int) -> Response:
    """Put a question of a draft one place up or down."""
    act(surveying.move, by(), campaign_id, question_id, filled(Step).way == "up")
    return back("The question is moved.", url_for("office.survey", campaign_id=campaign_id))


@bp.get("/surveys/<id:campaign_id>/preview")
@needs(*OFFICE)
def preview_survey(campaign_id: int) -> str:
    """Show an order's page with the draft's questions, as its backer would see it; nothing is saved from it."""
    query = asked(Which)
    with snapshot() as tx:
        there(shapes.campaign_row(tx, campaign_id), f"Campaign {campaign_id}")
        row = there(reads.survey_of(tx, campaign_id), "A survey")
        order_id = there(reads.example(tx, campaign_id, query.reward), "An open order to show it with")
        shown = there(backers.view(tx, order_id, reads.questions_of(tx, row.id)), f"Order {order_id}")
        privacy.sees_address(who(), there(order_reads.order_page(tx, order_id), f"Order {order_id}"))
    return confirm.draw(shown, "", confirming.Outcome(), {})


@bp.post("/surveys/<id:campaign_id>/send")
@needs(*OFFICE)
def send_survey(campaign_id: int) -> Response:
    """Put the questions on every backer's page, once; orders that leave a required one open are held."""
    act(publish, by(), campaign_id)
    sentence = "The survey is sent: its questions stand on every backer's page. Now tell them by mail."
    return back(sentence, url_for("office.backers", campaign_id=campaign_id))


def publish(tx: Tx, me: By, campaign_id: int) -> None:
    """Send a survey and let the worker review the campaign's orders."""
    surveying.publish(tx, me, campaign_id)
    jobs.enqueue(tx, "review", {"campaign": campaign_id}, key=f"review:{campaign_id}")


@bp.get("/surveys/<id:campaign_id>/answers.csv")
@needs(*OFFICE)
def survey_answers(campaign_id: int) -> Response:
    """Download what was answered, an order a line."""
    with snapshot() as tx:
        campaign = there(shapes.campaign_row(tx, campaign_id), f"Campaign {campaign_id}")
        row = there(reads.survey_of(tx, campaign_id), "A survey")
        questions = reads.questions_of(tx, row.id)
        head = ["Order", "Reward", "Answered (UTC)", *(each.title for each in questions)]
        lines = [head]
        for order, facts in reads.every_order(tx, campaign_id):
            at = f"{order.answered_at:%Y-%m-%d %H:%M}" if order.answered_at else ""
            lines.append([order.number, order.reward, at, *reads.answers(questions, order.reward, facts)])
    act(auditing.note, by(), "file", "survey answers", campaign_id=campaign_id, rows=len(lines) - 1)
    out = BytesIO()
    writing.write(out, "csv", ([writing.safe(text) for text in line] for line in lines))
    out.seek(0)
    return send_file(out, "text/csv", as_attachment=True, download_name=f"{campaign.code}-answers.csv")


# --- the link of one backer ---


@bp.get("/orders/<id:order_id>/link")
@needs(*OFFICE)
def backer_link(order_id: int) -> str:
    """Show what a backer did on the own page, and how to get its link."""
    return link_page(order_id, "")


@bp.post("/orders/<id:order_id>/link")
@needs(*OFFICE)
def show_link(order_id: int) -> str:
    """Make the link of a backer and show it; the order's timeline says who saw it."""
    link = act(confirming.show, settings(), by(), order_id)
    return link_page(order_id, link if confirming.base_url(settings()) else request.host_url.rstrip("/") + link)


def link_page(order_id: int, link: str) -> str:
    """Return the page about an order's link."""
    with snapshot() as tx:
        order = there(backers.order_of(tx, order_id), f"Order {order_id}")
        page = backers.page_of(tx, order_id)
        shown = backers.view(tx, page.order_id) if page else None
    stale = shown is not None and confirming.is_stale(shown)
    return draw("link", "orders", order=order, page=page, link=link, stale=stale, days=settings().links.days)


@bp.post("/orders/<id:order_id>/link/revoke")
@needs(*OFFICE)
def revoke_link(order_id: int) -> Response:
    """Take every link of a backer back."""
    act(confirming.revoke, by(), order_id, filled(Revoking).reason)
    return back("No older link of this backer works any more.", url_for("office.backer_link", order_id=order_id))
