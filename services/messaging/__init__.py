"""What a follower reads, and when: of all the news about an appointment it alone decides which becomes a message, and in which words.

It keeps how to reach each follower and tries a confirmation by template, by a message in the chat, by SMS; it tells which brought it (A-APT-21, 22).
"""
