"""Which follower is bound to which customer and car (flows 1.1, A-REM-10, 16).

So far it keeps the bindings it is seeded with and follows whether their followers follow the account; every change is told as
`customer.registered` or `customer.unregistered`, from which the others keep what they need.
"""
