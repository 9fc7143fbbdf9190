"""Which follower is bound to which customer and car, and how a follower gets there (flows 1.1, A-REM-05..10, 16, B-BND-01).

A registration asks the DMS who owns the car, then proves by a code on the owner's mobile that the follower is that owner; from it comes a
binding, which follows whether the follower follows the account and whether the customer still owns the car. Every change is told. Who
types what is not theirs gets one answer whatever was wrong, and only so many of them.
"""
