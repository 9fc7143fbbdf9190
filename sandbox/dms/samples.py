"""Invented firms, people and cars, so that the story can begin at once: what the phone and the tour show a visitor as their own.

Nobody has these papers: the district 500199 is assigned to nothing; the numbers of dealers cannot be dialled.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal


@dataclass(frozen=True)
class Person:
    """A follower of the stand-in for WeChat, as the DMS knows them."""

    openid: str
    customer_id: str
    name: str
    id_number: str
    mobile: str


@dataclass(frozen=True)
class Car:
    """A car as it was sold to somebody; the last sale of a VIN says whose it is."""

    vin: str
    customer_id: str
    plate: str | None
    model: str
    invoice_date: date
    dealer_code: str
    kind: Literal["new", "used"] = "new"


@dataclass(frozen=True)
class Dealer:
    """`hours` are spans of a day; `rest` are the weekdays without any, 1 is Monday. Coordinates are GCJ-02."""

    code: str
    name: str
    address: str
    phone: str
    latitude: float
    longitude: float
    region: str = "SOUTHWEST"
    hours: tuple[tuple[str, str], ...] = (("08:30", "17:30"),)
    rest: tuple[int, ...] = ()


@dataclass(frozen=True)
class Upkeep:
    """What workshops know of a car. The `…_in` are days from the first day of the sandbox: something is due in any month."""

    vin: str
    first_maintenance: date
    visited_in: int
    maintenance_in: int | None = None
    insurance_in: int | None = None
    inspection_in: int | None = None
    mileage_km: int | None = None

    def last_visit(self, today: date) -> date:
        return today + timedelta(days=self.visited_in)

    def due(self, today: date, days: int | None) -> date | None:
        """Never beyond the end of the month: what is due next month has no reminder yet."""
        if days is None:
            return None
        last = (today.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        return min(today + timedelta(days=days), last)


PEOPLE = (
    Person("oSandboxFollower0001", "C0001", "张伟", "500199199001010013", "13800138000"),
    Person("oSandboxFollower0002", "C0002", "李娜", "50019919920203058X", "13800138002"),
    Person("oSandboxFollower0003", "C0003", "王芳", "500199198808080042", "13800138003"),
    Person("oSandboxFollower0004", "C0004", "刘洋", "500199199506150038", "13800138004"),
)

CARS = (
    Car("LS4AAAAA1AA000001", "C0001", "渝A12345", "CQ5 1.5T 尊享版", date(2024, 3, 18), "D001"),
    Car("LS4AAAAA2AA000002", "C0002", "渝B23456", "CQ3 纯电 430km", date(2023, 9, 2), "D002"),
    Car("LS4CAAAC7AA000002", "C0002", "渝B65432", "CQ7 2.0T 七座版", date(2025, 5, 21), "D002"),
    Car("LS4AAAAA5AA000003", "C0004", "渝C34567", "CQ5 1.5T 舒适版", date(2021, 6, 30), "D003"),
    Car("LS4AAAAA5AA000003", "C0003", "渝D34567", "CQ5 1.5T 舒适版", date(2025, 2, 14), "D003", "used"),
    Car("LS4AAAAA9AA000004", "C0004", "川A45678", "CQ3 纯电 510km", date(2025, 8, 8), "D005"),
)
"""李娜 has two cars whose VINs end alike; 刘洋 sold the older of his to 王芳."""

UPKEEP = (
    Upkeep("LS4AAAAA1AA000001", date(2024, 9, 6), -178, maintenance_in=3, inspection_in=6, mileage_km=23_410),
    Upkeep("LS4AAAAA2AA000002", date(2024, 3, 9), -201, insurance_in=9, mileage_km=31_020),
    Upkeep("LS4CAAAC7AA000002", date(2025, 10, 30), -96, maintenance_in=5, mileage_km=11_260),
    Upkeep("LS4AAAAA5AA000003", date(2021, 12, 11), -240, inspection_in=0, mileage_km=64_800),
    Upkeep("LS4AAAAA9AA000004", date(2026, 1, 20), -150, maintenance_in=12, insurance_in=21, mileage_km=9_730),
)
"""The car of 张伟 has two things due within a week: one message tells of both."""

DEALERS = (
    Dealer("D001", "重庆渝北启衡汽车服务中心", "重庆市渝北区启衡路 18 号", "023-0000-1001", 29.7184, 106.6302),
    Dealer("D002", "重庆江北嘉程汽车服务中心", "重庆市江北区嘉程大道 66 号", "023-0000-1002", 29.6062, 106.5741),
    Dealer(
        "D003",
        "重庆南岸长桥汽车维修站",
        "重庆市南岸区长桥街 9 号",
        "023-0000-1003",
        29.5238,
        106.5629,
        hours=(("08:30", "12:00"), ("13:30", "17:30")),
    ),
    Dealer("D004", "重庆沙坪坝磁云汽车服务中心", "重庆市沙坪坝区磁云路 201 号", "023-0000-1004", 29.5412, 106.4573),
    Dealer("D005", "成都武侯锦驰汽车服务中心", "成都市武侯区锦驰路 88 号", "028-0000-1005", 30.6417, 104.0432),
    Dealer("D006", "成都龙泉驿翠屏汽车维修站", "成都市龙泉驿区翠屏街 3 号", "028-0000-1006", 30.5561, 104.2745),
    Dealer("D007", "北京朝阳安衡汽车服务中心", "北京市朝阳区安衡路 5 号", "010-0000-1007", 39.9215, 116.4434, "NORTH", rest=(7,)),
    Dealer("D008", "上海浦东汇川汽车服务中心", "上海市浦东新区汇川路 120 号", "021-0000-1008", 31.2211, 121.5443, "EAST"),
    Dealer("D009", "西安雁塔秦桥汽车服务中心", "西安市雁塔区秦桥路 27 号", "029-0000-1009", 34.2219, 108.9482, "NORTHWEST", rest=(6, 7)),
    Dealer("CLOSED", "重庆巴南维修站（盘点中，拒收预约）", "重庆市巴南区盘点路 1 号", "023-0000-1010", 29.4021, 106.5403),
)


def cars_of(openid: str) -> tuple[Car, ...]:
    """The cars that are theirs to begin with."""
    current = {car.vin: car for car in CARS}
    ids = {person.customer_id for person in PEOPLE if person.openid == openid}
    return tuple(car for car in current.values() if car.customer_id in ids)
