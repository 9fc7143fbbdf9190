"""What is sold where and when: models, dealers and regions, and how many cars of which age are on the road."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate


@dataclass(frozen=True)
class Model:
    """`first` and `interval` are months between maintenances; `yearly` is km in a usual year."""

    code: str
    names: tuple[str, ...]
    weight: float
    first: int
    interval: int
    warranty: int
    yearly: int
    vds: str


MODELS = (
    Model("CQ1", ("CQ1 1.5L 手动版", "CQ1 1.5L 自动版"), 0.14, 6, 6, 36, 11_000, "CA1BA"),
    Model("CQ3", ("CQ3 纯电 430km", "CQ3 纯电 510km"), 0.21, 6, 12, 48, 15_000, "CE3CA"),
    Model("CQ5", ("CQ5 1.5T 舒适版", "CQ5 1.5T 尊享版", "CQ5 2.0T 四驱版"), 0.37, 6, 6, 36, 13_500, "CB5DA"),
    Model("CQ7", ("CQ7 2.0T 五座版", "CQ7 2.0T 七座版"), 0.18, 6, 12, 36, 14_500, "CC7EA"),
    Model("CQ9", ("CQ9 插混 七座版",), 0.10, 6, 12, 48, 16_500, "CD9FA"),
)


@dataclass(frozen=True)
class Region:
    """`share` of the maker's dealers; `plates` are the beginnings of its plates."""

    code: str
    cities: tuple[str, ...]
    share: float


REGIONS = (
    Region("SOUTHWEST", ("重庆", "成都", "贵阳", "昆明", "绵阳", "遵义"), 0.27),
    Region("EAST", ("上海", "杭州", "南京", "苏州", "合肥", "宁波"), 0.22),
    Region("SOUTH", ("广州", "深圳", "佛山", "南宁", "厦门"), 0.15),
    Region("CENTRAL", ("武汉", "长沙", "郑州", "南昌"), 0.14),
    Region("NORTH", ("北京", "天津", "石家庄", "太原", "济南"), 0.12),
    Region("NORTHWEST", ("西安", "兰州", "西宁"), 0.06),
    Region("NORTHEAST", ("沈阳", "长春", "哈尔滨"), 0.04),
)
FIRMS = ("启衡", "嘉程", "长桥", "锦驰", "翠屏", "安衡", "汇川", "秦桥", "恒路", "云驿", "北辰", "东轮")

YEARS = (1.15, 1.2, 1.1, 1.0, 0.9, 0.75, 0.6, 0.45, 0.3, 0.2)
"""Cars on the road by age: sales grew, and old cars go."""
MONTHS = (1.25, 0.7, 1.0, 0.9, 0.95, 0.95, 0.85, 0.95, 1.1, 1.05, 1.1, 1.3)
"""China buys before the New Year and at the end of it."""


@dataclass(frozen=True)
class MadeDealer:
    code: str
    name: str
    city: str
    region: str
    weight: float


def dealers_of(seed: int, number: int) -> list[MadeDealer]:
    """`number` of them; a few are large, most are small, as everywhere."""
    chance = random.Random(f"{seed}/dealers")  # noqa: S311 - no secret: the same cars each time
    regions = chance.choices(REGIONS, [region.share for region in REGIONS], k=number)
    return [
        MadeDealer(
            code=f"S{place:03d}",
            name=f"{(city := chance.choice(region.cities))}{FIRMS[place % len(FIRMS)]}汽车服务中心 {place} 店",
            city=city,
            region=region.code,
            weight=math.exp(chance.gauss(0, 0.8)),
        )
        for place, region in enumerate(regions, start=1)
    ]


def days_of_sale(today: date) -> tuple[Sequence[date], Sequence[float]]:
    """The days of the last ten years, and how much was sold up to each: for `random.choices`."""
    days = [today - timedelta(days=back) for back in range(len(YEARS) * 365)]
    weights = [YEARS[back // 365] * MONTHS[day.month - 1] for back, day in enumerate(days)]
    return days, list(accumulate(weights))
