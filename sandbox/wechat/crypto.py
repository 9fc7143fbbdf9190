"""Signatures and the safe mode of callbacks: AES-256-CBC, IV = key[:16], PKCS#7 to 32, random(16) + length(4) + message + appid."""

import base64
import binascii
import hashlib
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 32


class Unreadable(Exception):
    """Not encrypted for us, or spoilt on the way."""


def signature(*parts: str) -> str:
    """Plain: token, timestamp, nonce; with the ciphertext as a fourth it is the msg_signature."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - the platform's choice


class Cryptor:
    def __init__(self, encoding_aes_key: str, appid: str) -> None:
        self._key = base64.b64decode(encoding_aes_key + "=")
        self._appid = appid

    def encrypt(self, message: str, *, appid: str | None = None) -> str:
        clear = message.encode()
        whole = os.urandom(16) + struct.pack(">I", len(clear)) + clear + (appid or self._appid).encode()
        padding = BLOCK - len(whole) % BLOCK
        work = self._cipher().encryptor()
        return base64.b64encode(work.update(whole + bytes([padding]) * padding) + work.finalize()).decode()

    def decrypt(self, encrypted: str) -> str:
        try:
            sealed = base64.b64decode(encrypted, validate=True)
            work = self._cipher().decryptor()
            whole = work.update(sealed) + work.finalize()
        except (binascii.Error, ValueError) as error:
            raise Unreadable("no ciphertext") from error
        if not whole or not 1 <= whole[-1] <= BLOCK:
            raise Unreadable("padding")
        whole = whole[: -whole[-1]]
        if len(whole) < 20:
            raise Unreadable("length")
        (length,) = struct.unpack(">I", whole[16:20])
        if whole[20 + length :] != self._appid.encode():
            raise Unreadable("appid")
        try:
            return whole[20 : 20 + length].decode()
        except UnicodeDecodeError as error:
            raise Unreadable("text") from error

    def _cipher(self) -> Cipher[CBC]:
        return Cipher(AES(self._key), CBC(self._key[:16]))
