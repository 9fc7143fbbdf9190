"""What a follower reads, and when: of all the news about an appointment it alone decides which becomes a message, and in which words.

It keeps how to reach each follower, tries a confirmation by template, in the chat, by SMS, and tells by which it went (A-APT-21, 22).
"""
