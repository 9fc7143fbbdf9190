"""Photos, voices and papers as they are brought, and such as would do harm."""

import math
import struct
import zlib
from array import array
from io import BytesIO

import av
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

GPS, ORIENTATION, MAKER, COMMENT = 0x8825, 0x0112, 0x010F, b"taken at home"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>29,33N</exif:GPSLatitude></x:xmpmeta>'


def photo(width=640, height=480, orientation=1, **more):
    """With the place where it was taken, in three ways."""
    image = Image.new("RGB", (width, height), "white")
    image.paste("red", (0, 0, width // 2, height // 2))
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = orientation, "A phone"
    place = exif.get_ifd(GPS)
    place[1], place[2] = "N", (IFDRational(29), IFDRational(33), IFDRational(47))
    place[3], place[4] = "E", (IFDRational(106), IFDRational(34), IFDRational(1))
    return written(image, "JPEG", exif=exif, comment=COMMENT, xmp=XMP, **more)


def written(image, format, **more):
    out = BytesIO()
    image.save(out, format, **more)
    return out.getvalue()


def opened(content):
    image = Image.open(BytesIO(content))
    image.load()
    return image


def bomb(side=60_000):
    """A PNG of a few hundred bytes whose header speaks of billions of pixels."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


def voice(seconds=2.0, format="amr", codec="libopencore_amrnb", rate=8000, about=None):
    """A tone, in the format in which WeChat gives what was said."""
    out = BytesIO()
    with av.open(out, "w", format=format) as target:
        target.metadata.update(about or {})
        stream = target.add_stream(codec, rate=rate, layout="mono")
        sounds = array("h", (round(9000 * math.sin(at * math.tau * 440 / rate)) for at in range(int(seconds * rate))))
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(sounds))
        frame.sample_rate = rate
        frame.planes[0].update(sounds.tobytes())
        for some in (frame, None):
            target.mux(stream.encode(some))
    return out.getvalue()


def heard(content):
    """(codec, seconds) of what a browser would play."""
    with av.open(BytesIO(content), "r") as source:
        (stream,) = source.streams
        rate = stream.codec_context.sample_rate
        return stream.codec_context.name, sum(frame.samples for frame in source.decode(stream)) / rate


def paper(*more, root=b""):
    """A PDF of one page; `more` objects, numbered from 4 on, and what the catalogue says of them."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R" + root + b">>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
        *more,
    ]
    out, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return out + head + rows + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))


def stream(data, about=b""):
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(data), about, data)


def packed_paper(hidden):
    """A PDF whose objects are all packed, so that nothing of them can be read in the file itself; the catalogue opens with `hidden`."""
    objects = [b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"]
    objects += [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>", hidden]
    places = [sum(len(one) + 1 for one in objects[:number]) for number in range(len(objects))]
    heads = b" ".join(b"%d %d" % (number, place) for number, place in enumerate(places, start=1)) + b" "
    packed = zlib.compress(heads + b" ".join(objects))
    out = b"%PDF-1.7\n"
    first = len(out)
    about = b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (len(objects), len(heads))
    out += b"5 0 obj\n%s\nendobj\n" % stream(packed, about)
    rows = [(0, 0, 65535), *((2, 5, place) for place in range(len(objects))), (1, first, 0), (1, len(out), 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    kept = stream(table, b"/Type/XRef/W[1 4 2]/Size %d/Root 1 0 R" % len(rows))
    return out + b"6 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (kept, len(out))


PDF = paper()
SCRIPT = b"<</S/JavaScript/JS(app.alert\\(1\\))>>"
