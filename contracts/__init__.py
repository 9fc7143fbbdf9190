"""What is agreed: the messages on the bus, one module per owner, and the partners' wire formats.

`catalogue.ALL` lists every message; bindings, the right to unseal, JSON Schema, OpenAPI and AsyncAPI all follow from it.
This package imports the standard library and pydantic, nothing else.
"""
