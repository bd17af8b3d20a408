"""One decorator for the API: checks what comes in, shapes what goes out, lets the right roles in, writes OpenAPI."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from flask import Blueprint, Response, request
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.json_schema import models_json_schema

from wms import __version__
from wms.errors import BadInput
from wms.queries.listing import Cut
from wms.web.auth import needs

Row = TypeVar("Row")
PER_PAGE_MAX = 200
PAGE_MAX = 100_000
REF = "#/components/schemas/{model}"
RULE = re.compile(r"<(?:(?P<kind>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
BINARY = {"type": "string", "format": "binary"}
ERRORS = {
    "401": "No live session.",
    "403": "The role, or the page's CSRF token, does not allow it.",
    "404": "There is no such thing.",
    "409": "A rule says no; the sentence says which.",
    "422": "The input is malformed; `fields` names every field.",
}


class Asked(BaseModel):
    """What comes in: unknown fields and control characters are refused."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="after")
    @classmethod
    def printable(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse NUL, which no database keeps."""
        if isinstance(value, str) and "\x00" in value:
            raise ValueError("holds a NUL character")
        return value


class Told(BaseModel):
    """What goes out, read from rows."""

    model_config = ConfigDict(from_attributes=True)


class PageQuery(Asked):
    """Which page of a list."""

    page: int = Field(1, ge=1, le=PAGE_MAX)
    per_page: int = Field(50, ge=1, le=PER_PAGE_MAX)

    @property
    def cut(self) -> Cut:
        """Return the page as the reads take it."""
        return Cut(self.page, self.per_page, getattr(self, "sort", ""))


class Paged(Told, Generic[Row]):
    """One page of a list and how many rows there are in all."""

    items: list[Row]
    page: int
    per_page: int
    total: int


class Failure(Told):
    """Why it did not work, for programs and for people."""

    code: str
    sentence: str
    facts: dict[str, str] | None = None
    fields: dict[str, str] | None = None


class Failed(Told):
    """The body of every error."""

    error: Failure


@dataclass(frozen=True)
class Deal:
    """What one endpoint gives and takes. `form` is a multipart body with a file beside its fields; with `files` the
    answer is a file of one of these media types, and the function returns it as a response."""

    answer: type[BaseModel]
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    form: type[BaseModel] | None = None
    status: int = 200
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Endpoint:
    """One registered route."""

    method: str
    rule: str
    deal: Deal
    roles: tuple[str, ...]
    name: str
    summary: str


class Api:
    """All endpoints of a blueprint, and their description."""

    def __init__(self, blueprint: Blueprint, prefix: str) -> None:
        self.blueprint, self.prefix = blueprint, prefix
        self.endpoints: list[Endpoint] = []
        self._document: dict[str, Any] = {}

    def route(self, address: str, deal: Deal, *roles: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register a function under "GET /things/<id>" for `roles` (none named: everybody with a session).

        It is called with the path's values and, when the deal has them, `query`, `body`, or `form` and `file`. What it
        returns is read into the deal's answer.
        """
        method, rule = address.split(" ")

        def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
            @needs(*roles)
            def endpoint(**path: Any) -> Response:
                result = function(**path, **taken(deal))
                if deal.files:
                    return cast(Response, result)
                told = deal.answer.model_validate(result, from_attributes=True)
                return Response(told.model_dump_json(), deal.status, mimetype="application/json")

            name, summary = function.__name__, (inspect.getdoc(function) or "").partition("\n")[0]
            self.blueprint.add_url_rule(rule, name, endpoint, methods=[method])
            self.endpoints.append(Endpoint(method, rule, deal, roles, name, summary))
            return function

        return wrap

    def document(self) -> dict[str, Any]:
        """Return the OpenAPI 3.1 description, made once."""
        if not self._document:
            self._document = describe(self.endpoints, self.prefix)
        return self._document


def taken(deal: Deal) -> dict[str, Any]:
    """Return the checked parts of the request; raises ValidationError or BadInput naming the field."""
    found: dict[str, Any] = {}
    if deal.query:
        found["query"] = deal.query.model_validate(once(request.args))
    if deal.body:
        found["body"] = deal.body.model_validate(request.get_json(silent=True) or {})
    if deal.form:
        found["form"] = deal.form.model_validate(once(request.form))
        found["file"] = request.files.get("file")
        if not found["file"]:
            raise BadInput(field="file", why="missing")
    return found


def once(values: Any) -> dict[str, str]:
    """Return a query or form as a plain mapping, without the CSRF token; raises BadInput for a field given twice."""
    for name, given in values.lists():
        if len(given) > 1:
            raise BadInput(field=name, why="given twice")
    return {name: value for name, value in values.items() if name != "csrf"}


def describe(endpoints: list[Endpoint], prefix: str) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of all endpoints."""
    models = {(model, mode): None for each in endpoints for model, mode in its_models(each.deal)}
    found, definitions = models_json_schema([*models, (Failed, "serialization")], ref_template=REF)
    paths: dict[str, Any] = {}
    for each in endpoints:
        path = prefix + RULE.sub(r"{\g<name>}", each.rule)
        paths.setdefault(path, {})[each.method.lower()] = operation(each, found)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pickwell", "version": __version__, "description": "The warehouse floor for other systems."},
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"cookie": []}],
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "The token of POST /login."},
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "wms_session",
                    "description": "And X-CSRF-Token.",
                },
            },
        },
    }


def its_models(deal: Deal) -> list[tuple[type[BaseModel], Any]]:
    """Return the models of a deal and the direction they travel in."""
    incoming: list[tuple[type[BaseModel], Any]] = [(deal.body, "validation")] if deal.body else []
    return [*incoming, (deal.answer, "serialization")]


def operation(each: Endpoint, found: Any) -> dict[str, Any]:
    """Return one method of one path."""
    deal = each.deal
    errors = {status: as_response(why, found[Failed, "serialization"]) for status, why in ERRORS.items()}
    good = as_response(each.summary, found[deal.answer, "serialization"])
    if deal.files:
        good = {"description": each.summary, "content": {kind: {"schema": BINARY} for kind in deal.files}}
    about: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.summary,
        "tags": [each.rule.split("/")[1]],
        "parameters": [*path_parameters(each.rule), *query_parameters(deal.query)],
        "responses": {str(deal.status): good, **errors},
    }
    if each.roles:
        about["description"] = f"For {', '.join(each.roles)}."
    if deal.body:
        content = {"application/json": {"schema": found[deal.body, "validation"]}}
        about["requestBody"] = {"required": True, "content": content}
    if deal.form:
        about["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": with_file(deal.form)}}}
    return about


def with_file(model: type[BaseModel]) -> dict[str, Any]:
    """Return the schema of a form's fields and the file beside them."""
    schema = model.model_json_schema(ref_template=REF)
    schema["properties"]["file"] = {"type": "string", "format": "binary"}
    return schema | {"required": [*schema.get("required", []), "file"]}


def as_response(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return a JSON response of OpenAPI."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def path_parameters(rule: str) -> list[dict[str, Any]]:
    """Return the parameters in the path."""
    kinds = {"id": {"type": "integer", "minimum": 1}}
    return [
        {"name": match["name"], "in": "path", "required": True, "schema": kinds.get(match["kind"], {"type": "string"})}
        for match in RULE.finditer(rule)
    ]


def query_parameters(model: type[BaseModel] | None) -> list[dict[str, Any]]:
    """Return the parameters in the query, each with its schema."""
    if model is None:
        return []
    properties = model.model_json_schema(ref_template=REF)["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": schema, "description": schema.get("description", "")}
        for name, schema in properties.items()
    ]
