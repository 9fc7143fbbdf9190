"""Writes the documents below `contracts/` and holds the committed ones against what would be written."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from contracts.catalogue import ALL
from contracts.envelope import Contract
from launcher.documents import apis, asyncapi, openapi, schemas
from launcher.documents.compatibility import breaking_changes

WRITTEN = "# Written by `cheqiao contracts build` from contracts/; change the models, not this.\n"
EARLIER_COMMITS = ("HEAD", "HEAD^")
VERSIONED = re.compile(r"^schemas/(?P<type>.+)\.v\d+\.json$")

Earlier = Callable[[str], Iterator[str]]
"""A file's name to the texts it had before."""


class Broken(Exception):
    """The documents cannot be as they are; one line per reason."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


def documents(contracts: Sequence[type[Contract]] = ALL) -> dict[str, str]:
    """File below `contracts/` to its text."""
    made = {schemas.file_of(contract): schemas.as_json(schemas.schema_of(contract)) for contract in contracts}
    made[schemas.ENVELOPE_FILE] = schemas.as_json(schemas.envelope_schema())
    made["asyncapi.yaml"] = _as_yaml(asyncapi.document(contracts))
    made.update({name: _as_yaml(openapi.document(api)) for name, api in apis.ALL.items()})
    return made


def build(root: Path, made: Mapping[str, str] | None = None) -> list[str]:
    """Write them and return the names of those that changed. Raises Broken before anything is written."""
    made = documents() if made is None else made
    if reasons := _faults(made) + list(_breaks(made, lambda name: _texts_on_disk(root, name))):
        raise Broken(reasons)
    changed = []
    for name, text in made.items():
        file = root / name
        if not file.exists() or file.read_text() != text:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            changed.append(name)
    return changed


def check(root: Path, made: Mapping[str, str] | None = None) -> list[str]:
    """The names that were held against the contracts. Raises Broken when one differs, is not valid, or breaks an older reader."""
    made = documents() if made is None else made
    reasons = _faults(made)
    for name, text in made.items():
        file = root / name
        if not file.exists() or file.read_text() != text:
            reasons.append(f"contracts/{name} is not what the contracts say: run `cheqiao contracts build`")
    reasons += [f"contracts/{name} belongs to no contract: delete it" for name in _left_over(root, made)]
    reasons += _breaks(made, lambda name: _texts_committed(root, name))
    if reasons:
        raise Broken(reasons)
    return sorted(made)


def _as_yaml(document: dict[str, Any]) -> str:
    plain = json.loads(json.dumps(document))  # tuples and shared parts would become tags and anchors
    return WRITTEN + yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=140)


def _faults(made: Mapping[str, str]) -> list[str]:
    # Slow to import, and part of the development group only: who runs Cheqiao need not have it.
    from openapi_spec_validator import OpenAPIV31SpecValidator

    faults: list[str] = []
    for name, text in made.items():
        if name.startswith("openapi/"):
            faults += [f"contracts/{name}: {error.message}" for error in OpenAPIV31SpecValidator(yaml.safe_load(text)).iter_errors()]
        elif name == "asyncapi.yaml":
            faults += [f"contracts/{name}: {fault}" for fault in asyncapi.structural_faults(yaml.safe_load(text))]
    return faults


def _breaks(made: Mapping[str, str], earlier: Earlier) -> Iterator[str]:
    """A schema's version is in its file's name; a partner API's is in the document."""
    for name, text in made.items():
        said: set[str] = set()
        for before in earlier(name):
            changes = _api_changes(before, text) if name.startswith("openapi/") else _schema_changes(name, before, text)
            said.update(changes)
        yield from sorted(said)


def _schema_changes(name: str, before: str, after: str) -> Iterator[str]:
    if name.startswith("schemas/"):
        contract = VERSIONED.match(name)
        for field, change in breaking_changes(json.loads(before), json.loads(after)):
            told = f"{contract['type'] if contract else 'envelope'}: {field} {change}"
            yield f"{told}. That breaks an older reader: raise schema_version, or change it back"


def _api_changes(before: str, after: str) -> Iterator[str]:
    older, newer = yaml.safe_load(before), yaml.safe_load(after)
    if older["info"]["version"].split(".")[0] != newer["info"]["version"].split(".")[0]:
        return
    title, advice = newer["info"]["title"], "That breaks a partner: raise the API's major version, or change it back"
    for path in older["paths"].keys() - newer["paths"].keys():
        yield f"{title}: {path} was removed. {advice}"
    was, now = older["components"]["schemas"], newer["components"]["schemas"]
    for model in sorted(was.keys() & now.keys()):
        for field, change in breaking_changes(was[model], now[model], within=(older, newer)):
            yield f"{title}: {model}.{field} {change}. {advice}"


def _texts_on_disk(root: Path, name: str) -> Iterator[str]:
    if (root / name).exists():
        yield (root / name).read_text()


def _texts_committed(root: Path, name: str) -> Iterator[str]:
    """As committed last and before that, so that a commit that rewrote a schema is seen too. Without git there is nothing to compare."""
    for commit in EARLIER_COMMITS:
        shown = subprocess.run(["git", "show", f"{commit}:./{name}"], cwd=root, capture_output=True, text=True, check=False)  # noqa: S603, S607
        if shown.returncode == 0:
            yield shown.stdout


def _left_over(root: Path, made: Mapping[str, str]) -> list[str]:
    """Older versions of a contract that is still there stay, for whoever still reads them."""
    types = {found["type"] for name in made if (found := VERSIONED.match(name))}
    present = [str(file.relative_to(root)) for folder in ("schemas", "openapi") for file in sorted((root / folder).glob("*"))]
    return [name for name in present if name not in made and not ((found := VERSIONED.match(name)) and found["type"] in types)]
