"""Which scanner made a scan: a scan names its device profile, and its text is brought into its right form here."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from pydantic import BaseModel, ConfigDict, Field

from wms.barcodes import Profile, ProfileError, Scanned, load_profiles, understand
from wms.errors import BadInput, clip
from wms.flows.scans import DOUBTS, spoilt_scan
from wms.settings import Settings, SettingsError, share

bp = Blueprint("scanners", __name__)


class Trial(BaseModel):
    """POST /scanners/try: what a scanner typed."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=8000)
    profile: str = Field("", max_length=40)


def init_app(app: Flask) -> None:
    """Read the profiles: ours, and the site's own over them; a bad file stops the start."""
    settings: Settings = app.extensions["wms.settings"]
    own = settings.floor.device_profiles
    files = [share() / "config" / "device_profiles.toml", *([Path(own)] if own else [])]
    try:
        app.extensions["wms.scanners"] = load_profiles(*files)
    except ProfileError as error:
        raise SettingsError(f"floor.device_profiles: {error}") from None
    app.register_blueprint(bp)


def known() -> dict[str, Profile]:
    """Return the profiles by name."""
    found: dict[str, Profile] = current_app.extensions["wms.scanners"]
    return found


def normal(text: str, profile: str) -> str:
    """Return a scan as a scanner with this profile meant it; without a profile as it came. Raises BadInput."""
    if not profile:
        return text
    if profile not in known():
        raise BadInput(field="profile", why=f"no scanner profile {clip(profile, 40)}; choose one in the set-up")
    return known()[profile].normal(text)


# The set-up page of a device asks these while nobody is logged in yet; they know nothing of the warehouse.


@bp.get("/scanners")
def scanners() -> Response:
    """List the device profiles."""
    return jsonify(profiles=[asdict(profile) for profile in known().values()])


@bp.post("/scanners/try")
def trial() -> Response:
    """Say how a scan is understood, so that a scanner and its profile can be tried out."""
    body = Trial.model_validate(request.get_json(silent=True) or {})
    return jsonify(explained(understand(normal(body.text, body.profile))))


def explained(found: Scanned) -> dict[str, Any]:
    """Return what a scan says, with its control characters as dots, and what is wrong with it in words."""
    label = found.readings[-1] if found.readings else None
    spoilt = spoilt_scan(found)
    return {
        "text": found.shown,
        "codes": [reading.text for reading in found.readings if reading.text.isprintable() and reading.text],
        "label": asdict(label.facts) if label else {},
        "trouble": spoilt.text if spoilt else DOUBTS.get(found.doubt, ""),
    }
