"""Knows which follower is bound to which car, and how one gets there; and tells it."""

from collections.abc import Iterable
from datetime import datetime

from chassis.clock import Clock
from chassis.database import Transaction
from chassis.entrypoints import handles
from chassis.errors import Unavailable
from chassis.logs import get_logger
from chassis.privacy import vault
from chassis.timers import every
from contracts.customers import EndBinding, GiveConsent, RequestCode, RequestRegistration, VerifyMobile
from contracts.customers import RegistrationState as At
from contracts.dms import Owner, OwnersFound, OwnershipChanged
from contracts.sms import SmsAccepted, SmsRefused
from contracts.wechat import FollowerSubscribed, FollowerUnsubscribed
from services.customers import codes
from services.customers.domain import BY_FOLLOWER, OWNER_CHANGED, Binding, SeedBinding, State, binding_id_of, bound, registered
from services.customers.limits import Use, a_lookup, a_send, a_wrong_code, day_of
from services.customers.news import news_of, news_of_registration, partners_told, question_for
from services.customers.registration import CHECK_HOLDS, Registration, Typed, has_agreed, has_taken_back, mobile_of, plain
from services.customers.registration_store import ConsentStore, CounterStore, RegistrationStore
from services.customers.store import BindingStore, FollowingStore, KnownOwnerStore

log = get_logger(__name__)


class CustomersService:
    """A registration proves that a follower is a car's owner; the binding it leads to is kept as long as both stay so."""

    name = "customers"

    bindings = BindingStore()
    followings = FollowingStore()
    owners = KnownOwnerStore()
    registrations = RegistrationStore()
    consents = ConsentStore()
    counters = CounterStore()
    now = Clock()

    @handles(GiveConsent)
    def on_consent(self, message: GiveConsent, tx: Transaction) -> None:
        """Who takes it back ends what is under way, and with it what was typed."""
        self.consents.add(tx, message)
        if has_taken_back(self.consents.of(tx, message.follower_id)):
            for before in self.registrations.open_of(tx, message.follower_id):
                self._step(tx, before, before.end(At.EXPIRED))

    @handles(RequestRegistration)
    def on_request(self, message: RequestRegistration, tx: Transaction) -> None:
        """A repeat of a known id changes nothing, whoever sends it."""
        if self.registrations.find(tx, message.registration_id):
            return
        begun = begin(message, self.now())
        self.registrations.add(tx, begun)
        after = self._admitted(tx, begun, message.text_version)
        if after != begun:
            self.registrations.save(tx, after)
        tx.tell(*news_of_registration(after), *question_for(after, plain(message.id_number)))

    @handles(OwnersFound)
    def on_owners_found(self, message: OwnersFound, tx: Transaction) -> None:
        """Who waits for it gets a code at once. Who has left is sent a link first: a code would be void before it is read."""
        now = self.now()
        before = self.registrations.get(tx, message.registration_id)
        after = before.judge(message.owners, now)
        if after.owner and after != before and not after.late:
            self._send_code(tx, before, after, after.owner, after.address_key)
        else:
            self._step(tx, before, after)

    @handles(RequestCode)
    def on_request_code(self, message: RequestCode, tx: Transaction) -> None:
        before = self._under_way(tx, message)
        if before and before.owner and before.may_have_code(self.now()):
            self._send_code(tx, before, before, before.owner, message.address_key)

    @handles(VerifyMobile)
    def on_verify(self, message: VerifyMobile, tx: Transaction) -> None:
        before = self._under_way(tx, message)
        if before is None or before.owner is None or before.code is None:
            return
        if codes.is_right(before, message.code):
            self._register(tx, before, before.owner)
        else:
            self._step(tx, before, self._after_wrong_code(tx, before))

    @handles(SmsRefused)
    def on_sms_refused(self, message: SmsRefused, tx: Transaction) -> None:
        """Other services' messages are none of ours."""
        if message.purpose == codes.PURPOSE:
            before = self.registrations.get(tx, message.about_id)
            self._step(tx, before, before.code_refused(message.about_version, self.now()))

    @handles(SmsAccepted)
    def on_sms_accepted(self, message: SmsAccepted, tx: Transaction) -> None:
        """The page has said that a code is on its way; only the opposite is news."""

    @handles(EndBinding)
    def on_end(self, message: EndBinding, tx: Transaction) -> None:
        """Only who is bound may end it."""
        before = self.bindings.get(tx, message.binding_id)
        if before and before.follower_id == message.follower_id:
            self._keep(tx, before, before.end(BY_FOLLOWER))

    @handles(OwnershipChanged)
    def on_ownership_changed(self, message: OwnershipChanged, tx: Transaction) -> None:
        """Whoever is bound for an earlier owner is bound no more; the new one registers anew."""
        before = self.owners.hold(tx, message.vehicle_id)
        after = before.learn(message.ownership_version, message.customer_id, self.now())
        if after == before:
            return
        self.owners.save(tx, after)
        for binding in self.bindings.of_vehicle(tx, message.vehicle_id):
            if binding.customer_id != after.customer_id:
                self._keep(tx, binding, binding.end(OWNER_CHANGED))

    @handles(FollowerSubscribed)
    def on_subscribed(self, message: FollowerSubscribed, tx: Transaction) -> None:
        self._heard(tx, message, follows=True)

    @handles(FollowerUnsubscribed)
    def on_unsubscribed(self, message: FollowerUnsubscribed, tx: Transaction) -> None:
        self._heard(tx, message, follows=False)

    @every(30)
    def expire(self, tx: Transaction) -> None:
        """What nobody goes on with ends, and what was counted on other days is forgotten."""
        now = self.now()
        for before in self.registrations.lapsed(tx, now):
            self._step(tx, before, before.lapse())
        self.counters.forget_before(tx, day_of(now))

    def _admitted(self, tx: Transaction, begun: Registration, text_version: str) -> Registration:
        """Whether the DMS is asked. Raises Unavailable while the consent is on its way.

        The pages take nothing from who has not agreed, so a consent that is not known here was overtaken, however long ago the wish was
        submitted: broker or pages may have been away in between.
        """
        now = self.now()
        said = self.consents.of(tx, begun.follower_id)
        if has_taken_back(said, since=begun.submitted_at):
            return begun.end(At.EXPIRED)
        if not has_agreed(said, text_version):
            raise Unavailable("consent not known yet")
        if self.counters.is_reached(tx, a_wrong_code(begun.follower_id), day_of(now)):
            return begun.end(At.LOCKED)
        if self._has_too_many(tx, begun, a_lookup(begun.follower_id, begun.address_key)):
            return begun.end(At.LIMITED)
        return begun

    def _under_way(self, tx: Transaction, message: RequestCode | VerifyMobile) -> Registration | None:
        """The follower's own while it is open. It ends here when its time is over, or when its follower guessed too often today."""
        before = self.registrations.find(tx, message.registration_id)
        if before is None or not before.is_open or before.follower_id != message.follower_id:
            return None
        if before.has_lapsed(self.now()):
            self._step(tx, before, before.lapse())
        elif self.counters.is_reached(tx, a_wrong_code(before.follower_id), day_of(self.now())):
            self._step(tx, before, before.end(At.LOCKED))
        else:
            return before
        return None

    def _send_code(self, tx: Transaction, before: Registration, matched: Registration, owner: Owner, address_key: str) -> None:
        now = self.now()
        mobile_key = vault().lookup("mobile", mobile_of(owner.mobile))
        if self.counters.is_reached(tx, a_wrong_code(matched.follower_id), day_of(now)):
            self._step(tx, before, matched.end(At.LOCKED))
        elif self._has_too_many(tx, matched, a_send(mobile_key, matched.follower_id, address_key)):
            self._step(tx, before, matched.end(At.LIMITED))
        else:
            code = codes.new_code()
            after = matched.code_sent(codes.hash_of(matched.registration_id, code), now)
            self._step(tx, before, after)
            tx.tell(codes.sms_with(code, after, owner))

    def _after_wrong_code(self, tx: Transaction, before: Registration) -> Registration:
        """Counted for the registration and for its follower, whichever of theirs it was."""
        today, use = day_of(self.now()), a_wrong_code(before.follower_id)
        self.counters.take(tx, [use], today)
        if self.counters.is_reached(tx, use, today):
            log.warning("follower_locked", follower=str(before.follower_id), limit=use.limit.name)
            return before.end(At.LOCKED)
        return before.guessed_wrong()

    def _register(self, tx: Transaction, before: Registration, owner: Owner) -> None:
        """The code was right: bind, unless the car has changed hands since the DMS was asked."""
        vehicle_id = vault().vehicle_id(owner.vin)
        if self.owners.hold(tx, vehicle_id).contradicts(owner.customer_id, before.asked_at):
            self._step(tx, before, before.end(At.REJECTED))
            return
        follows = self.followings.hold(tx, before.follower_id).follows
        fresh = Binding(
            binding_id=binding_id_of(before.follower_id, vehicle_id),
            account=before.account,
            follower_id=before.follower_id,
            openid=before.openid,
            vehicle_id=vehicle_id,
            state=State.ACTIVE if follows else State.SUSPENDED,
            **owner.model_dump(),
        )
        known = self.bindings.get(tx, fresh.binding_id)
        self._keep(tx, known, registered(known, fresh))
        self._step(tx, before, before.activate(fresh.binding_id))

    def _heard(self, tx: Transaction, message: FollowerSubscribed | FollowerUnsubscribed, *, follows: bool) -> None:
        before = self.followings.hold(tx, message.follower_id)
        after = before.heard(follows=follows, at=message.created_at)
        if after == before:
            return
        self.followings.save(tx, after)
        for binding in self.bindings.of_follower(tx, message.follower_id):
            self._keep(tx, binding, binding.following(follows=after.follows))

    def _has_too_many(self, tx: Transaction, it: Registration, uses: Iterable[Use]) -> bool:
        """Counts one of each where none is too many."""
        reached = self.counters.take(tx, uses, day_of(self.now()))
        if reached:
            log.warning("registration_limit_reached", registration=str(it.registration_id), limit=reached.name)
        return reached is not None

    def _step(self, tx: Transaction, before: Registration, after: Registration) -> None:
        """Nothing learnt, nothing said."""
        if after != before:
            self.registrations.save(tx, after)
            tx.tell(*news_of_registration(after))

    def _keep(self, tx: Transaction, before: Binding | None, after: Binding) -> None:
        if after == before:
            return
        if before is None:
            self.bindings.add(tx, after)
        else:
            self.bindings.save(tx, after)
        tx.tell(*news_of(before, after), *partners_told(before, after, self.now()))


def begin(message: RequestRegistration, now: datetime) -> Registration:
    return Registration(
        registration_id=message.registration_id,
        account=message.account,
        follower_id=message.follower_id,
        openid=message.openid,
        address_key=message.address_key,
        submitted_at=message.submitted_at,
        asked_at=now,
        lapses_at=now + CHECK_HOLDS,
        typed=Typed(plain(message.vin), mobile_of(message.mobile)),
    )


def seed(tx: Transaction, seeds: Iterable[SeedBinding]) -> None:
    """Bind these followers, in a transaction of `customers`; one that is bound already stays as it is and is not told of again.

    The DMS and CSC are not told: what is handed in is known to them.
    """
    store = BindingStore()
    for one in seeds:
        if store.get(tx, one.binding_id) is None:
            binding = bound(one)
            store.add(tx, binding)
            tx.tell(*news_of(None, binding))
