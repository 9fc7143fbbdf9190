"""WeChat's official account platform: `gateway` hears its pushes, `sender` alone calls its API, `pages` are what followers open in it.

Each is a service of its own, so that nothing slow on one side is ever in the way of another.
"""
