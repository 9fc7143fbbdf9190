"""Campaigns of a made market: some of the maker's, and of every eighth dealer one of its own."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

from contracts.partners.vehicles import AudienceRecord, CampaignRecord
from sandbox.seeding.calendar import months_after
from sandbox.seeding.market import MadeDealer

DEALERS_OWN = ("老客户回馈月", "周末爱车课堂", "免费空调检测", "轮胎换季优惠")


def campaigns_of(seed: int, today: date, dealers: Sequence[MadeDealer]) -> list[CampaignRecord]:
    first = today.replace(day=1)
    next_month = months_after(first, 1)
    end = months_after(first, 2) - timedelta(days=1)
    return [
        *(
            CampaignRecord(
                campaign_no=f"NS-{place:05d}",
                version=1,
                kind="national",
                name=name,
                text=text,
                starts_on=begins,
                ends_on=ends,
                audience=audience,
            )
            for place, (name, text, begins, ends, audience) in enumerate(
                (
                    (
                        "冬季免费检测",
                        "三十二项安全检测，到店即做。",
                        first,
                        end,
                        AudienceRecord(models=("CQ7",), first_year=today.year - 2),
                    ),
                    (
                        "三电免费体检",
                        "电池、电机、电控检测。",
                        next_month,
                        end,
                        AudienceRecord(models=("CQ3", "CQ9"), first_year=today.year - 1),
                    ),
                    (
                        "西南雨季关怀",
                        "雨刮与刹车检查。",
                        first,
                        next_month - timedelta(days=1),
                        AudienceRecord(models=("CQ1",), regions=("SOUTHWEST",)),
                    ),
                ),
                start=1,
            )
        ),
        *(_own(random.Random(f"{seed}/{dealer.code}"), dealer, first) for dealer in dealers[::8]),  # noqa: S311 - no secret
    ]


def _own(chance: random.Random, dealer: MadeDealer, first: date) -> CampaignRecord:
    begins = first + timedelta(days=chance.randrange(40))
    return CampaignRecord(
        campaign_no=f"DS-{dealer.code}",
        version=1,
        kind="dealer",
        dealer_code=dealer.code,
        name=chance.choice(DEALERS_OWN),
        text="到店出示本消息。",
        starts_on=begins,
        ends_on=begins + timedelta(days=chance.randrange(14, 45)),
        audience=AudienceRecord(dealers=(dealer.code,)),
    )
