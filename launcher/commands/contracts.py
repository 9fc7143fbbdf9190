"""`cheqiao contracts`: write the documents of what is agreed, and hold them."""

import click

from launcher.commands.speaking import give_up
from launcher.house import ROOT

DOCUMENTS = ROOT / "contracts"


@click.group()
def contracts() -> None:
    """契约文档：生成与核对。JSON Schema, OpenAPI and AsyncAPI, written from contracts/."""


@contracts.command()
def build() -> None:
    """生成契约文档。Write them; refuses a change that breaks an older reader without a new schema_version."""
    from launcher import documents

    try:
        changed = documents.build(DOCUMENTS)
    except documents.Broken as broken:
        give_up(str(broken))
    for name in changed:
        click.echo(f"wrote contracts/{name}")
    click.echo(f"contracts: {len(changed)} written" if changed else "contracts: nothing had changed")


@contracts.command()
def check() -> None:
    """核对契约文档。Are the committed documents what the contracts say, valid, and readable for older readers?"""
    from launcher import documents

    try:
        held = documents.check(DOCUMENTS)
    except documents.Broken as broken:
        give_up(str(broken))
    click.echo(f"contracts: {len(held)} documents are what the contracts say")
