"""What a follower's phone posts to us: a booking, and its withdrawal.

It takes a form, writes it down together with the command that follows from it, and answers 202: a double tap or a lost answer changes
nothing, since the id was made on the phone (A-APT-09). Whether the wish can be met is for `services/appointments` to say.
"""
