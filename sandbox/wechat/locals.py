"""What a page finds on a phone through the JS-SDK, by its local id: the sample pictures, a sample voice, and photos of one's own.

A photo of one's own lies among the media already, as it came; to upload it puts it there under another id.
"""

from dataclasses import dataclass
from pathlib import Path

from sandbox.wechat.media import Media

PREFIX = "wxLocalResource://"
PICTURES = Path(__file__).parents[1] / "phone/static/pictures"
VOICE = Path(__file__).parent / "static/voice.amr"


@dataclass(frozen=True)
class Local:
    """`kind` and `content_type` as of media."""

    kind: str
    content: bytes
    content_type: str


def local_of(local_id: str, media: Media) -> Local | None:
    """Raises ApiError for a photo whose three days are over."""
    match local_id.removeprefix(PREFIX).split("/"):
        case ["picture", name] if name in {picture.stem for picture in PICTURES.glob("*.jpg")}:
            return Local("image", (PICTURES / f"{name}.jpg").read_bytes(), "image/jpeg")
        case ["photo", media_id]:
            own = media.get(media_id)
            return Local(own.kind, own.content, own.content_type)
        case ["voice", "sample"]:
            return Local("voice", VOICE.read_bytes(), "audio/amr")
    return None
