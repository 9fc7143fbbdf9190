"""How, never what: entrypoints, outbox, inbox, relay, publisher, topology, database, partner client, privacy, settings, health.

Nothing here knows an appointment from a complaint; it imports `contracts.envelope` and libraries only.
"""
