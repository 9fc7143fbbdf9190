"""The one caller of the WeChat API: sends template messages and says what became of them.

It shares one access token between all processes, counts what the daily quotas allow, sorts WeChat's error codes by what to do
next, and joins each send with the delivery result that WeChat pushes later (A-APT-21, 22).
"""
