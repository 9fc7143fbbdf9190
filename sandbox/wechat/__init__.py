"""The WeChat platform for one service account: its API, the pushes to the account's callback, and a few followers.

It keeps the platform's numbers and error codes (see `README.md` of the sandbox) and its own cryptography, written from the platform's
documentation and sharing nothing with the gateway that it tests.
"""
