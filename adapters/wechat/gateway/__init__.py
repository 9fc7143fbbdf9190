"""Hears what WeChat pushes (A-SVC-01..04): verifies, translates, publishes, and says the passive reply; it decides nothing.

WeChat waits five seconds and then comes again, so nothing here is slow: a push is published, and if the broker does not confirm it in
time it goes to the spool on disk. Only when neither takes it does WeChat hear anything but 200.
"""
