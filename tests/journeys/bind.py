"""Binds made-up followers in the schema of customers, as `cheqiao sandbox bind` does with the sample one.

A program, so that keys stay in its process: the runtime as its argument, people as JSON on stdin, what their phones hold on stdout.
"""

import json
import sys
from typing import Any

from adapters.wechat.pages.session import COOKIE, mint_session
from chassis.settings import Runtime
from launcher.commands.speaking import settings_for
from launcher.compose import assemble
from launcher.sample import ACCOUNT
from services.customers.domain import SeedBinding
from services.customers.service import seed


def bind(runtime: Runtime, people: list[dict[str, Any]]) -> list[dict[str, str]]:
    """A person has openid, vin, name, mobile and perhaps plate."""
    settings = settings_for(runtime)
    made = assemble(settings)
    phones, seeds = [], []
    for number, person in enumerate(people):
        openid = person["openid"]
        follower_id = made.vault.follower_id(settings.accounts[ACCOUNT].appid, openid)
        vehicle_id = made.vault.vehicle_id(person["vin"])
        ours = {"account": ACCOUNT, "follower_id": follower_id, "customer_id": f"C9{number:03d}", "vehicle_id": vehicle_id}
        seeds.append(SeedBinding(**ours, **person))
        session = mint_session(settings.pages.session_key.get_secret_value(), follower_id, ACCOUNT)
        ids = {"openid": openid, "follower_id": str(follower_id), "vehicle_id": str(vehicle_id), "mobile": person["mobile"]}
        phones.append({**ids, "cookie": COOKIE, "session": session})
    with made.database("customers").write() as tx:
        seed(tx, seeds)
    return phones


if __name__ == "__main__":
    json.dump(bind(sys.argv[1], json.load(sys.stdin)), sys.stdout)
