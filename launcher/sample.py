"""The follower that the stand-ins know and Cheqiao is given: a person and a car that do not exist."""

from uuid import UUID

from adapters.wechat.pages.session import COOKIE, mint_session
from chassis.database import Database
from chassis.privacy import Vault
from chassis.settings import Settings
from services.customers.domain import SeedBinding
from services.customers.service import seed

ACCOUNT = "main"
OPENID = "oSandboxFollower0001"
VIN = "LS4AAAAA1AA000001"
DEALER = "D001"


def follower_id(settings: Settings, vault: Vault) -> UUID:
    """Our id of the sample follower; each installation has its own, for it hangs on the keys."""
    return vault.follower_id(settings.accounts[ACCOUNT].appid, OPENID)


def binding_of_sample(settings: Settings, vault: Vault) -> SeedBinding:
    return SeedBinding(
        account=ACCOUNT,
        follower_id=follower_id(settings, vault),
        openid=OPENID,
        customer_id="C0001",
        vehicle_id=vault.vehicle_id(VIN),
        vin=VIN,
        name="张伟",
        mobile="13800138000",
        plate="渝A12345",
        model="CQ5 1.5T 尊享版",
        dealer_code=DEALER,
    )


def bind_sample(database: Database, settings: Settings, vault: Vault) -> None:
    """Bind the sample follower in the schema of customers. Doing it again changes nothing."""
    with database.write() as tx:
        seed(tx, (binding_of_sample(settings, vault),))


def session_of_sample(settings: Settings, vault: Vault) -> dict[str, str]:
    """What the sample follower's phone would hold: the session cookie, and what a booking needs."""
    cookie = mint_session(settings.pages.session_key.get_secret_value(), follower_id(settings, vault), ACCOUNT)
    binding = binding_of_sample(settings, vault)
    needed = {"binding_id": str(binding.binding_id), "vehicle_id": str(binding.vehicle_id), "dealer_code": DEALER, "openid": OPENID}
    return {"cookie": COOKIE, "session": cookie, **needed}
