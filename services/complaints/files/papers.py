"""A paper that staff bring: a PDF, kept as it is, and never shown within a page of ours. Pure.

One that is a program or carries other files is not kept: colleagues would open it with whatever reader they have.
"""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject

from services.complaints.files.unclean import Unclean

BEGINNING, END = b"%PDF-", b"%%EOF"
BLANK = b"\0\t\n\f\r "
"""Behind the end: anything else would be another file that hides there."""

CARRIES = frozenset({"/JS", "/JavaScript", "/EF", "/EmbeddedFiles", "/XFA", "/RichMediaContent"})
"""What is behind these keys is a script, a file, or a form that is a program."""
ACTS = frozenset(
    {
        *("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/GoToE", "/RichMediaExecute"),
        *("/EmbeddedFile", "/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/3D"),
    }
)
"""Of actions, annotations and streams, what they are (`/S`, `/Subtype`, `/Type`)."""

BROKEN = (
    *(PyPdfError, OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, EOFError),
    *(AssertionError, NotImplementedError, RecursionError, struct.error, zlib.error),
)
"""What the reader raises over a file that is broken, or locked by a password."""


def pdf_of(content: bytes) -> bytes:
    """As it is, so that what is signed stays so. Raises Unclean for one that is no PDF, was cut off, is locked, acts or carries files."""
    _, end, behind = content.rpartition(END)
    if not content.startswith(BEGINNING) or not end or behind.strip(BLANK):
        raise Unclean("not_a_paper")
    try:
        reader = PdfReader(BytesIO(content))
        if "/Pages" not in reader.root_object:
            raise Unclean("not_a_paper")
        acts = any(_acts(part) for one in _objects(reader) for part in _parts(one))
    except BROKEN as broken:
        raise Unclean("not_a_paper") from broken
    if acts:
        raise Unclean("active_paper")
    return content


def _objects(reader: PdfReader) -> Iterator[PdfObject | None]:
    """All that the file numbers, whether anything leads there or not."""
    numbered = {(number, generation) for generation, theirs in reader.xref.items() for number in theirs}
    for number, generation in sorted(numbered | {(number, 0) for number in reader.xref_objStm}):
        yield IndirectObject(number, generation, reader).get_object()


def _parts(one: PdfObject | None) -> Iterator[DictionaryObject]:
    """The dictionaries in an object, itself among them; others that it refers to by number come by themselves."""
    todo = [one]
    while todo:
        match todo.pop():
            case DictionaryObject() as found:
                yield found
                todo += found.values()
            case ArrayObject() as several:
                todo += several


def _acts(part: DictionaryObject) -> bool:
    said = (part[name] for name in ("/S", "/Subtype", "/Type") if name in part)
    return not CARRIES.isdisjoint(part) or any(isinstance(one, str) and one in ACTS for one in said)
