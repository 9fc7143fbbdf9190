"""Where a phone can be: a few places among the sample dealers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Degrees north and east, in WeChat's gcj02."""

    code: str
    name: str
    name_en: str
    latitude: float
    longitude: float


PLACES = (
    Place("yubei", "重庆 · 渝北", "Chongqing, Yubei", 29.7186, 106.6310),
    Place("jiefangbei", "重庆 · 解放碑", "Chongqing, Jiefangbei", 29.5573, 106.5771),
    Place("chengdu", "成都 · 天府广场", "Chengdu, Tianfu Square", 30.6574, 104.0657),
    Place("xian", "西安 · 钟楼", "Xi'an, Bell Tower", 34.2610, 108.9423),
    Place("beijing", "北京 · 天安门", "Beijing, Tian'anmen", 39.9087, 116.3975),
    Place("shanghai", "上海 · 人民广场", "Shanghai, People's Square", 31.2304, 121.4737),
)


def place_of(code: str) -> Place | None:
    return next((place for place in PLACES if place.code == code), None)
