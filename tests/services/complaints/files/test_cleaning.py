"""What is made of photos, voices and papers before they are kept."""

import pytest
from PIL import Image

from services.complaints.files.cleaning import MOST_BYTES, cleaned, kind_at_the_desk
from services.complaints.files.papers import pdf_of
from services.complaints.files.pictures import jpeg_of
from services.complaints.files.unclean import Unclean
from services.complaints.files.voices import mp3_of
from tests.services.complaints.files.made_files import (
    COMMENT,
    GPS,
    PDF,
    SCRIPT,
    bomb,
    heard,
    opened,
    packed_paper,
    paper,
    photo,
    stream,
    voice,
    written,
)

HERE = {"photo": jpeg_of, "voice": mp3_of, "paper": pdf_of}


def refused(kind, content):
    """In this very process."""
    with pytest.raises(Unclean) as unclean:
        HERE[kind](content)
    return unclean.value.reason


def refused_apart(kind, content):
    with pytest.raises(Unclean) as unclean:
        cleaned(kind, content)
    return unclean.value.reason


def test_a_photo_is_kept_without_the_place_where_it_was_taken():
    taken = photo()

    kept = cleaned("photo", taken)

    assert opened(taken).getexif().get_ifd(GPS)
    assert (kept.kind, kept.media_type, opened(kept.content).format) == ("photo", "image/jpeg", "JPEG")
    assert not opened(kept.content).getexif()
    assert b"Exif" not in kept.content
    assert b"GPS" not in kept.content
    assert b"A phone" not in kept.content
    assert COMMENT in taken
    assert COMMENT not in kept.content


def test_a_photo_stands_upright_and_its_longest_side_is_bounded():
    kept = opened(cleaned("photo", photo(4000, 3000, orientation=6)).content)

    assert kept.size == (1920, 2560)
    assert kept.getpixel((1900, 10))[1] < 40  # what was left above is right above


def test_a_small_photo_keeps_its_size():
    assert opened(jpeg_of(photo(320, 200))).size == (320, 200)


@pytest.mark.parametrize("format", ["PNG", "WEBP", "GIF", "BMP"])
def test_other_pictures_become_photos(format):
    picture = written(Image.new("RGB", (40, 30), "blue"), format)

    assert opened(jpeg_of(picture)).size == (40, 30)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16"])
def test_whatever_its_colours_are_made_of_it_becomes_a_photo(mode):
    picture = Image.new("RGBA", (20, 10), (0, 0, 0, 0)).convert(mode) if mode != "I;16" else Image.new(mode, (20, 10))

    kept = opened(jpeg_of(written(picture, "PNG")))

    assert (kept.mode, kept.size) == ("RGB", (20, 10))


def test_what_is_transparent_is_on_white():
    kept = opened(jpeg_of(written(Image.new("RGBA", (20, 10), (0, 0, 0, 0)), "PNG")))

    assert kept.getpixel((5, 5)) == (255, 255, 255)


def test_what_hides_behind_a_picture_is_not_kept():
    kept = jpeg_of(photo() + b"<script>alert(1)</script>" * 10)

    assert b"script" not in kept


@pytest.mark.parametrize("content", [b"", b"x" * 100, photo()[:2000], PDF, b"<svg/>", b"\xff\xd8\xff" + bytes(200)])
def test_what_is_no_photo_is_refused(content):
    assert refused("photo", content) == "not_a_photo"


def test_a_bomb_is_refused_by_what_its_header_says_before_it_unfolds():
    assert len(bomb()) < 1000
    assert refused_apart("photo", bomb()) == "too_large"
    assert refused("photo", bomb(side=9_000)) == "too_large"


@pytest.mark.parametrize("kind", ["photo", "voice", "paper"])
def test_what_has_too_many_bytes_is_refused_unopened(kind):
    assert refused_apart(kind, bytes(MOST_BYTES[kind] + 1)) == "too_large"


def test_what_was_said_is_kept_so_that_a_browser_plays_it():
    kept = cleaned("voice", voice(2.0))

    codec, seconds = heard(kept.content)
    assert kept.media_type == "audio/mpeg"
    assert codec.startswith("mp3")
    assert seconds == pytest.approx(2.0, abs=0.2)


def test_a_whole_minute_is_kept_and_more_is_refused():
    assert heard(mp3_of(voice(60)))[1] == pytest.approx(60, abs=0.2)
    assert refused("voice", voice(63)) == "too_large"


def test_of_a_voice_that_is_cut_off_the_rest_is_kept():
    whole = voice(2.0)

    assert heard(mp3_of(whole[:-5]))[1] == pytest.approx(2.0, abs=0.3)


@pytest.mark.parametrize(
    "content", [b"", b"#!AMR\n", b"#!AMR\nnothing at all", photo(), b"RIFF\0\0\0\0WAVE", b"#EXTM3U\nhttp://127.0.0.1/"]
)
def test_what_is_no_voice_is_refused(content):
    assert refused("voice", content) == "not_a_voice"


def test_a_jpeg_of_more_pixels_than_a_picture_may_unfold_to_is_made_smaller_as_it_is_read():
    huge = written(Image.new("L", (9_000, 9_000)), "JPEG")

    assert opened(cleaned("photo", huge).content).size == (2560, 2560)
    assert refused_apart("photo", written(Image.new("1", (9_000, 9_000)), "PNG")) == "too_large"


def test_a_voice_that_changes_its_kind_in_the_middle_is_refused():
    one, other = (voice(0.5, "mp3", "libmp3lame", rate) for rate in (16_000, 24_000))

    assert refused("voice", one + other[other.index(b"\xff\xf3") :]) == "not_a_voice"


def test_an_mp3_loses_what_is_written_about_it():
    brought = voice(1.0, "mp3", "libmp3lame", 16_000, about={"title": "who said it"})

    kept = mp3_of(brought)

    assert b"who said it" in brought
    assert b"who said it" not in kept
    assert heard(kept)[1] == pytest.approx(1.0, abs=0.2)


def test_what_is_no_photo_or_voice_is_refused_by_the_process_in_which_it_is_opened():
    assert refused_apart("photo", photo()[:2000]) == "not_a_photo"
    assert refused_apart("voice", photo()) == "not_a_voice"


def test_a_paper_is_kept_as_it_is_and_only_if_it_is_whole():
    assert cleaned("paper", PDF).content == PDF
    assert cleaned("paper", PDF).media_type == "application/pdf"
    assert refused("paper", PDF.replace(b"%%EOF", b"")) == "not_a_paper"
    assert refused("paper", photo()) == "not_a_paper"
    assert refused("paper", b"%PDF-1.7\nnothing of it\n%%EOF\n") == "not_a_paper"
    assert refused("paper", PDF + b"PK\x03\x04 another file") == "not_a_paper"


@pytest.mark.parametrize(
    "content",
    [
        paper(SCRIPT, root=b"/OpenAction 4 0 R"),
        paper(b"/JavaScript", b"<</S 4 0 R/X(x)>>", root=b"/OpenAction 5 0 R"),
        paper(b"<</S/J#61vaScript>>", root=b"/AA<</WC 4 0 R>>"),
        paper(SCRIPT),
        packed_paper(SCRIPT),
        paper(b"<</S/Launch/F(cmd.exe)>>", root=b"/OpenAction 4 0 R"),
        paper(stream(b"MZ", b"/Type/EmbeddedFile"), b"<</Type/Filespec/F(a.exe)/EF<</F 4 0 R>>>>", root=b"/Names<</EmbeddedFiles<<>>>>"),
        paper(root=b"/AcroForm<</XFA(form)/Fields[]>>"),
        paper(b"[<</Subtype/RichMedia>>]"),
    ],
)
def test_a_paper_that_is_a_program_or_carries_files_is_refused(content):
    assert refused_apart("paper", content) == "active_paper"


def test_a_paper_with_links_a_form_and_a_bookmark_to_open_at_is_kept():
    link = b"<</Subtype/Link/A<</S/URI/URI(https://example.com)>>>>"
    plain = paper(link, b"<</S/GoTo/D[3 0 R/Fit]>>", root=b"/OpenAction 5 0 R/AcroForm<</Fields[]>>")

    assert cleaned("paper", plain).content == plain
    assert cleaned("paper", packed_paper(b"<</S/GoTo/D[3 0 R/Fit]>>")).kind == "paper"


def test_at_the_desk_the_content_says_what_it_is():
    assert kind_at_the_desk(PDF) == "paper"
    assert kind_at_the_desk(photo()) == "photo"
