"""All settings: TOML files, then WMS__SECTION__KEY from the environment; an unknown key stops the start."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, tzinfo
from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from stdnum.eu import oss

PREFIX = "WMS__"
AllocationStrategy = Literal["fefo", "fifo", "fewest", "empty", "carton"]
WalkingStyle = Literal["exact", "s_shape", "largest_gap", "return", "midpoint", "composite"]
"""How pick lists are walked: see wms.planning.styles."""


class SettingsError(ValueError):
    """A setting is unknown or has a bad value; the message names it."""


class Section(BaseModel):
    """One table of the settings file; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Database(Section):
    """Where the data lives."""

    url: str = "sqlite:///var/pickwell.db"
    pool_size: int = Field(8, ge=1, le=200)
    busy_seconds: float = Field(10.0, gt=0)
    batch_max: int = Field(64, ge=1, le=1000)


class Site(Section):
    """Which warehouse this is. `address` is the sender on customs forms, `gs1_prefix` its GS1 company prefix."""

    name: str = "Pickwell"
    address: tuple[str, ...] = ()
    gs1_prefix: str = Field("", pattern=r"^(\d{4,12})?$")
    training: bool = False
    currency: str = Field("EUR", pattern=r"^[A-Z]{3}$")
    country: str = Field("", pattern=r"^([A-Z]{2})?$")
    time_zone: str = "UTC"

    @field_validator("time_zone")
    @classmethod
    def known_zone(cls, name: str) -> str:
        """Refuse a zone that this machine does not know."""
        if name != "UTC":
            try:
                ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                raise ValueError(f"{name} is no time zone such as Europe/Berlin") from None
        return name

    @property
    def zone(self) -> tzinfo:
        """Return the zone of the clock on the wall."""
        return UTC if self.time_zone == "UTC" else ZoneInfo(self.time_zone)


class Web(Section):
    """The HTTP server."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    threads: int = Field(64, ge=4, le=2000)
    workers: int = Field(1, ge=1, le=64)
    base_url: str = ""
    origins: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    secure_cookies: bool = False
    proxies: int = Field(0, ge=0, le=4)
    tls: str = ""

    @property
    def https(self) -> bool:
        """Return whether browsers reach this server by HTTPS: its own, or a proxy's."""
        return self.secure_cookies or bool(self.tls)


class Sockets(Section):
    """The live boards."""

    redis_url: str = ""
    coalesce_ms: int = Field(100, ge=10, le=5000)
    max_sockets: int = Field(40, ge=1, le=1500)


class Security(Section):
    """Sessions, PINs and their limits. The pepper comes from the environment only."""

    pepper: str = ""
    floor_idle_minutes: int = Field(30, ge=1)
    floor_hours_max: int = Field(12, ge=1)
    office_idle_minutes: int = Field(30, ge=1)
    pin_tries_max: int = Field(5, ge=1)
    pin_lock_minutes: int = Field(15, ge=1)
    pin_lockouts_max: int = Field(3, ge=1)
    device_tries_max: int = Field(10, ge=1)
    session_cache_seconds: int = Field(5, ge=0, le=60)


class Floor(Section):
    """How the flows behave."""

    scan_length_max: int = Field(200, ge=20)
    sibling_ms: int = Field(0, ge=0, le=2000)
    device_profiles: str = ""
    quantity_max: int = Field(100_000, ge=1)
    lpn_labels: bool = True
    over_receipt_percent: int = Field(0, ge=0, le=100)
    weigh: bool = True
    weight_tolerance_percent: int = Field(10, ge=0, le=100)
    weight_tolerance_g: int = Field(60, ge=0)
    recount_units: int = Field(2, ge=0)
    expiry_days_min: int = Field(30, ge=0)
    zero_check: bool = False


class Scanning(Section):
    """How codes are read from photos."""

    symbologies: str = ""


class Layout(Section):
    """Where one may walk, as far as the places do not tell: cross aisles by y, one-way aisles by zone and aisle.

    `start` and `end` are the places where walks begin and end, by name.
    """

    start: str = ""
    end: str = ""
    cross_aisles_mm: tuple[int, ...] = ()
    one_way_up: tuple[str, ...] = ()
    one_way_down: tuple[str, ...] = ()


class Review(Section):
    """The review of orders. What a backer owes is forgiven up to `balance_tolerance`, in the order's currency."""

    balance_tolerance: Decimal = Field(Decimal("1.00"), ge=0)


class Release(Section):
    """Pilot, waves and pick lists."""

    final_notice_hours: int = Field(48, ge=0, le=2000)
    pilot_orders: int = Field(20, ge=1)
    pilot_shapes: int = Field(20, ge=0, le=10_000)
    shift_hours: float = Field(8.0, gt=0, le=168)
    parcel_handling: int = Field(150, ge=0)
    wave_orders: int = Field(200, ge=1)
    wave_orders_max: int = Field(1_000, ge=1, le=10_000)
    totes_max: int = Field(6, ge=1, le=40)
    single_orders_max: int = Field(20, ge=1, le=200)
    shape_orders_min: int = Field(4, ge=0, le=10_000)
    shape_orders_max: int = Field(40, ge=2, le=1_000)
    wall_slots: int = Field(24, ge=0, le=500)
    lines_max: int = Field(60, ge=1)
    tote_litres: int = Field(60, ge=1)
    cart_kg: int = Field(150, ge=0)
    walking_style: WalkingStyle = "exact"
    allocation: AllocationStrategy = "fefo"


class Shipping(Section):
    """Files of the site about carriers: where parcels are followed, and what they cost."""

    carriers: str = ""
    rates: str = ""


class Planning(Section):
    """How the worker plans."""

    compiled: bool = True
    kernels: str = "var/kernels"
    people: int = Field(4, ge=1, le=500)


class Printing(Section):
    """Labels and printers."""

    dpi: int = Field(203)
    allow_loopback: bool = False
    ports: tuple[int, ...] = (9100, 6101)
    folder: str = "var/labels"
    networks: tuple[str, ...] = ()
    connect_seconds: float = Field(3.0, gt=0)
    status_seconds: float = Field(2.0, gt=0)
    send_seconds: float = Field(30.0, gt=0)
    finish_seconds: float = Field(10.0, gt=0)
    watch_seconds: float = Field(10.0, ge=0)
    fallback_seconds: float = Field(30.0, ge=0)
    spooler: str = Field("localhost:631", pattern=r"^[A-Za-z0-9.-]+:\d{1,5}$")

    @field_validator("networks")
    @classmethod
    def known_networks(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what is no network such as 192.168.7.0/24."""
        for name in names:
            ip_network(name)
        return names


class Customs(Section):
    """Papers for customs: the seller's numbers, and the range of item numbers (UPU S10) that a postal service gave."""

    ioss: str = Field("", pattern=r"^(IM\d{10})?$")
    eori: str = Field("", pattern=r"^([A-Z]{2}[A-Z0-9]{1,15})?$")
    office: str = Field("", max_length=60)
    s10_service: str = Field("", pattern=r"^([A-Z]{2})?$")
    s10_country: str = Field("", pattern=r"^([A-Z]{2})?$")
    s10_first: int = Field(0, ge=0, le=99_999_999)
    s10_last: int = Field(0, ge=0, le=99_999_999)
    s10_carriers: tuple[str, ...] = ()

    @field_validator("ioss")
    @classmethod
    def checked_ioss(cls, number: str) -> str:
        """Refuse an IOSS number whose check digit is wrong."""
        if number and not oss.is_valid(number):
            raise ValueError(f"{number} is no IOSS number: its check digit is wrong")
        return number

    @model_validator(mode="after")
    def whole_range(self) -> Customs:
        """Refuse half a range of item numbers."""
        if self.s10_last and not (self.s10_service and self.s10_country and self.s10_first <= self.s10_last):
            raise ValueError("item numbers need s10_service, s10_country and s10_first up to s10_last")
        return self


class Mail(Section):
    """The way out for mails to backers: any SMTP server. The password belongs in the environment only."""

    host: str = ""
    port: int = Field(587, ge=1, le=65535)
    tls: Literal["none", "starttls", "tls"] = "starttls"
    ca: str = ""
    user: str = ""
    password: str = Field("", repr=False)
    sender: str = Field("", pattern=r"^([^\s@<>,;:\"\\()\[\]]{1,64}@[A-Za-z0-9.-]{1,190})?$")
    sender_name: str = Field("", max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")
    reply_to: str = Field("", pattern=r"^([^\s@<>,;:\"\\()\[\]]{1,64}@[A-Za-z0-9.-]{1,190})?$")
    per_minute: int = Field(60, ge=1, le=10_000)
    seconds: float = Field(30.0, gt=0, le=300)
    reminder_days: int = Field(7, ge=0, le=365)

    @model_validator(mode="after")
    def kept_secret(self) -> Mail:
        """Refuse a server without a sender, and a password that would travel in the open."""
        if self.host and not self.sender:
            raise ValueError("mail.host needs mail.sender, the address that mails come from")
        if self.tls == "none" and self.password:
            raise ValueError('mail.tls = "none" would send the password in the open')
        return self


class Links(Section):
    """The pages of backers, which they reach by a link of their own."""

    base_url: str = ""
    days: int = Field(180, ge=1, le=2000)
    per_minute: int = Field(60, ge=1, le=10_000)
    contact: str = Field("", max_length=200)


class Privacy(Section):
    """How long backers' data are kept after their campaign is closed (0: for good), and the list of erased orders."""

    keep_days: int = Field(90, ge=0, le=3650)
    erased_list: str = "var/erased.csv"


class Settings(Section):
    """Everything, by section."""

    database: Database = Database()
    site: Site = Site()
    web: Web = Web()
    sockets: Sockets = Sockets()
    security: Security = Security()
    floor: Floor = Floor()
    scanning: Scanning = Scanning()
    layout: Layout = Layout()
    review: Review = Review()
    release: Release = Release()
    shipping: Shipping = Shipping()
    planning: Planning = Planning()
    printing: Printing = Printing()
    customs: Customs = Customs()
    privacy: Privacy = Privacy()
    links: Links = Links()
    mail: Mail = Mail()


def share() -> Path:
    """Return the folder that holds `config/` and `label_templates/`: the checkout, or the installed copy."""
    checkout = Path(__file__).resolve().parent.parent
    return checkout if (checkout / "config" / "default.toml").exists() else Path(__file__).resolve().parent / "_share"


def load(
    files: Iterable[Path] = (), environ: Mapping[str, str] | None = None, overrides: Mapping[str, Any] | None = None
) -> Settings:
    """Return settings from config/default.toml, then `files`, the environment and `overrides` ("section.key").

    Raises SettingsError naming every unknown key and bad value.
    """
    environ = os.environ if environ is None else environ
    paths = [share() / "config" / "default.toml", *files]
    if chosen := environ.get("WMS_CONFIG"):
        paths.append(Path(chosen))
    values: dict[str, dict[str, Any]] = {}
    for path in paths:
        merge(values, read(path))
    merge(values, from_environment(environ))
    for dotted, value in (overrides or {}).items():
        section, key = dotted.split(".", 1)
        values.setdefault(section, {})[key] = value
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(in_words(error)) from None


def read(path: Path) -> dict[str, Any]:
    """Return the tables of one TOML file; raises SettingsError when it is missing or malformed."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"Settings file {path} does not exist.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"Settings file {path}: {error}") from None


def from_environment(environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return WMS__SECTION__KEY values; a comma makes a list where the setting is one."""
    found: dict[str, dict[str, Any]] = {}
    for name, value in environ.items():
        if name.startswith(PREFIX):
            section, _, key = name[len(PREFIX) :].lower().partition("__")
            found.setdefault(section, {})[key] = as_typed(section, key, value)
    return found


def as_typed(section: str, key: str, value: str) -> Any:
    """Return a list for settings that are tuples, else the text (pydantic converts it)."""
    outer = Settings.model_fields.get(section)
    inner = getattr(outer.annotation, "model_fields", {}).get(key) if outer else None
    if inner is not None and str(inner.annotation).startswith("tuple"):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def merge(into: dict[str, dict[str, Any]], values: Mapping[str, Any]) -> None:
    """Lay the tables of `values` over `into`, key by key."""
    for section, table in values.items():
        if not isinstance(table, Mapping):
            raise SettingsError(f"Setting {section} stands outside a section.")
        into.setdefault(section, {}).update(table)


def in_words(error: ValidationError) -> str:
    """Return one line per problem: `floor.wiegh: unknown setting`."""
    lines = []
    for problem in error.errors():
        name = ".".join(str(part) for part in problem["loc"])
        why = "unknown setting" if problem["type"] == "extra_forbidden" else problem["msg"]
        lines.append(f"{name}: {why}")
    return "\n".join(lines)


def adopt(overrides: Mapping[str, Any], config: Path | None = None) -> None:
    """Write "section.key" overrides and the settings file into this process's environment.

    The web processes and the worker are its children and so read the same settings.
    """
    if config:
        os.environ["WMS_CONFIG"] = str(config.resolve())
    os.environ.update(environ_with(overrides))


def environ_with(overrides: Mapping[str, Any]) -> dict[str, str]:
    """Return this process's environment with "section.key" overrides, for a process to be started."""
    return dict(os.environ) | {
        f"{PREFIX}{name.upper().replace('.', '__')}": str(value) for name, value in overrides.items()
    }
