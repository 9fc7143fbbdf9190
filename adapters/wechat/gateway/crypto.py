"""WeChat's signatures and its message encryption: AES-256-CBC inside, SHA-1 outside (wechat/platform.md, Callbacks).

A plain text is random(16) + length(4, big-endian) + message + appid, PKCS#7-padded to 32 bytes; the key is base64 of the
43-character EncodingAESKey, the initial vector its first half. Cipher, padding and signature are wechatpy's; its own taking apart of a
message is not used, since it raises whatever garbage makes it raise, and its comparison of signatures is not in constant time.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass

from wechatpy.crypto.cryptography import WeChatCipher
from wechatpy.crypto.pkcs7 import PKCS7Encoder
from wechatpy.utils import WeChatSigner

BLOCK = 32
RANDOM_BYTES = 16
HEAD = RANDOM_BYTES + 4


class Undecryptable(Exception):
    """No key that we hold opens it, or what it holds was cut or altered."""


class WrongApp(Exception):
    """It opened, but was made for another appid."""


def signature_of(token: str, *parts: str) -> str:
    """SHA-1 hex of the sorted parts: (token, timestamp, nonce), in safe mode with the encrypted text as well."""
    signer = WeChatSigner()
    signer.add_data(token, *parts)
    return str(signer.signature)


def is_signed(claimed: str, token: str, *parts: str) -> bool:
    """In constant time; a claim that is no ASCII is simply wrong."""
    return hmac.compare_digest(claimed.encode(), signature_of(token, *parts).encode())


@dataclass(frozen=True, repr=False)
class Key:
    """One EncodingAESKey."""

    secret: bytes

    @classmethod
    def of(cls, encoding_aes_key: str) -> "Key":
        """Raises ValueError, which never holds the key."""
        try:
            secret = base64.b64decode(encoding_aes_key + "=", validate=True)
        except ValueError as error:
            raise ValueError("an EncodingAESKey is 43 letters and digits") from error
        if len(encoding_aes_key) != 43 or len(secret) != 32:
            raise ValueError("an EncodingAESKey is 43 letters and digits")
        return cls(secret)

    def encrypt(self, message: bytes, appid: str, random: bytes) -> str:
        """`random` is 16 bytes, new for each message."""
        clear = random + len(message).to_bytes(4, "big") + message + appid.encode()
        return base64.b64encode(WeChatCipher(self.secret).encrypt(PKCS7Encoder.encode(clear))).decode()

    def decrypt(self, encrypted: str) -> tuple[bytes, bytes]:
        """The message and the appid behind it. Raises Undecryptable."""
        try:
            box = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Undecryptable("not base64") from error
        if not box or len(box) % 16:
            raise Undecryptable("not whole blocks")
        return _unpacked(WeChatCipher(self.secret).decrypt(box))


def _unpacked(padded: bytes) -> tuple[bytes, bytes]:
    padding = padded[-1]
    if not 1 <= padding <= BLOCK or padded[-padding:] != bytes([padding]) * padding:
        raise Undecryptable("not padded")
    clear = padded[:-padding]
    end = HEAD + int.from_bytes(clear[RANDOM_BYTES:HEAD], "big")
    if len(clear) < HEAD or end > len(clear):
        raise Undecryptable("cut")
    return clear[HEAD:end], clear[end:]


def opened(encrypted: str, keys: tuple[Key, ...], appid: str) -> tuple[bytes, Key]:
    """The message and the key that opened it: the answer is encrypted with the same one, so that a change of key is smooth.

    Raises Undecryptable, or WrongApp when a key fits but the message was made for somebody else.
    """
    others = False
    for key in keys:
        try:
            message, made_for = key.decrypt(encrypted)
        except Undecryptable:
            continue
        if hmac.compare_digest(made_for, appid.encode()):
            return message, key
        others = True
    if others:
        raise WrongApp(appid)
    raise Undecryptable("no key of ours opens it")
