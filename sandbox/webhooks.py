"""How a partner's pushes travel: Standard Webhooks, tried again until they are taken or refused for good."""

from datetime import UTC, datetime

from standardwebhooks import Webhook

from sandbox.call import Try, post
from sandbox.outgoing import Parcel

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
FINAL = (400, 409)
"""Off contract, or the same id with another body: trying again would change nothing."""

DEADLINE = 10.0


class WebhookCarrier:
    """The id stays over all tries; the timestamp, and with it the signature, is new each time (±300 s)."""

    def __init__(self, target: str, secret: str) -> None:
        self._target = target.rstrip("/")
        self._webhook = Webhook(secret)

    def carry(self, parcel: Parcel) -> Try:
        now = datetime.now(UTC)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": parcel.push_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._webhook.sign(parcel.push_id, now, parcel.body),
        }
        return post(self._target + parcel.path, parcel.body.encode(), headers, deadline=DEADLINE)

    def settles(self, answer: Try) -> bool:
        return answer.status is not None and (200 <= answer.status < 300 or answer.status in FINAL)

    def pause(self, tries: int) -> float | None:
        return min(FIRST_PAUSE * (1 << min(tries - 1, 10)), LONGEST_PAUSE)
