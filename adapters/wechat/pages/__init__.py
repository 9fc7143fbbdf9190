"""What a follower sees and posts in WeChat: cars, registration, appointments.

A post is written down together with the command that follows from it, and answered 202: a double tap or a lost answer changes nothing,
since the id was made on the phone (A-APT-09). What is shown is a copy that the owners' news keep up (decision 0010). Whether a wish can be
met is for `services/appointments` and `services/customers` to say.
"""
