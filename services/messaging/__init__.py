"""What a follower reads, and when: of all the news about an appointment it alone decides which becomes a message, and in which words.

It keeps how to reach each follower, sends by commands to the sender, and tells what became of a confirmation (A-APT-21, 22).
"""
