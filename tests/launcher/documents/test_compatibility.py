"""What may change in a contract without a new schema_version, and what may not."""

from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field, create_model

from launcher.documents.compatibility import breaking_changes


class Part(BaseModel):
    code: str = Field(max_length=8)


class Slip(BaseModel):
    number: str
    state: Literal["active", "cancelled"]
    parts: tuple[Part, ...] = ()
    note: str | None = Field(default=None, max_length=10)


def changes(**fields: Any) -> list[tuple[str, str]]:
    """From Slip to a Slip with these fields instead; None leaves one out."""
    kept: dict[str, Any] = {name: (field.annotation, field) for name, field in Slip.model_fields.items()}
    changed = {name: field for name, field in (kept | fields).items() if field is not None}
    return breaking_changes(Slip.model_json_schema(), create_model("Slip", **changed).model_json_schema())


def test_nothing_changed_breaks_nothing() -> None:
    assert changes() == []


def test_an_optional_field_may_be_added() -> None:
    assert changes(colour=(str | None, None)) == []


def test_words_that_explain_may_change() -> None:
    assert changes(number=(str, Field(description="CSC's number", title="No."))) == []


@pytest.mark.parametrize(
    ("fields", "named", "said"),
    [
        ({"number": None}, "number", "removed or renamed"),
        ({"number": (int, ...)}, "number", "type changed from string to integer"),
        ({"number": (str, "S-0")}, "number", "no longer required"),
        ({"colour": (str, ...)}, "colour", "added as required"),
        ({"note": (str | None, ...)}, "note", "became required"),
        ({"note": (str | None, Field(default=None, max_length=5))}, "note", "maxLength changed from 10 to 5"),
        ({"note": (str | None, Field(default=None, max_length=20))}, "note", "maxLength changed from 10 to 20"),
        ({"note": (str, "")}, "note", "anyOf changed"),
        ({"state": (Literal["active"], ...)}, "state", "enum changed"),
        ({"state": (Literal["active", "cancelled", "lost"], ...)}, "state", "enum changed"),
        (
            {"parts": (tuple[create_model("Part", code=(str, Field(max_length=4))), ...], ())},
            "parts[].code",
            "maxLength changed from 8 to 4",
        ),
        ({"parts": (tuple[create_model("Part", name=(str, "")), ...], ())}, "parts[].code", "removed or renamed"),
    ],
)
def test_what_breaks_a_reader_is_named_with_its_field(fields: dict[str, Any], named: str, said: str) -> None:
    found = changes(**fields)

    assert any(field == named and said in change for field, change in found), found


def test_a_closed_object_is_a_change_of_the_whole() -> None:
    closed = Slip.model_json_schema() | {"additionalProperties": False}

    assert breaking_changes(Slip.model_json_schema(), closed) == [("(the whole)", "additionalProperties changed from none to False")]
