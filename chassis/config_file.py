"""Reads `config.yaml`: the section `embedded` laid over the rest, `${NAME:default}` filled in from the environment."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

EMBEDDED = "embedded"
Tree = dict[str, Any]


class SettingsError(Exception):
    """What is wrong with the configuration, one line each: file, key, what is allowed; never the value of a secret."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def read(path: Path) -> Tree:
    """The file as it is written. Raises SettingsError when it is missing or no YAML mapping."""
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError((f"{path}: cannot be read ({type(error).__name__})",)) from error
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise SettingsError((f"{path}{line}: not YAML: {error.problem}",)) from None  # its text quotes the file
    if not isinstance(tree, dict) or not isinstance(tree.get(EMBEDDED, {}), dict):
        raise SettingsError((f"{path}: a mapping of sections is wanted, `{EMBEDDED}` one of them or absent",))
    return tree


def laid_over(below: Any, above: Any) -> Any:
    """Mappings are merged at every depth; anything else above takes the place of what is below."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    merged = {**below, **above}
    return {key: laid_over(below[key], merged[key]) if key in below and key in above else merged[key] for key in merged}


def filled(tree: Tree, environ: Mapping[str, str], path: Path) -> Tree:
    """The tree with every `${NAME}` and `${NAME:default}` replaced. An empty variable counts as unset; a default of `null` is none.

    Raises SettingsError with a line for each variable that is wanted and not set.
    """
    missing: list[str] = []
    done = _filled(tree, "", environ, missing)
    if missing:
        raise SettingsError(tuple(f"{path}: {line}" for line in missing))
    return dict(done)


def _filled(value: Any, key: str, environ: Mapping[str, str], missing: list[str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(item, f"{key}.{name}" if key else str(name), environ, missing) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, f"{key}.{index}", environ, missing) for index, item in enumerate(value)]
    if not isinstance(value, str) or "${" not in value:
        return value
    try:
        text = expanded(value, environ)
    except _Unset as unset:
        missing.append(f"{key}: {unset}")
        return ""
    return None if text == "null" else text


class _Unset(Exception):
    """Says which variable is to be set."""


def expanded(text: str, environ: Mapping[str, str]) -> str:
    """One text with its variables filled in; a default may hold variables itself."""
    start = text.find("${")
    if start < 0:
        return text
    end = _closing(text, start + 1)
    name, colon, default = text[start + 2 : end].partition(":")
    value = environ.get(name, "")
    if not value:
        if not colon:
            raise _Unset(f"set the environment variable {name}")
        value = expanded(default, environ)
    return text[:start] + value + expanded(text[end + 1 :], environ)


def _closing(text: str, opening: int) -> int:
    depth = 0
    for place in range(opening, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if not depth:
            return place
    raise _Unset("a `${` has no closing `}`")


def texts_in(value: Any) -> Iterator[str]:
    """Every text somewhere in a tree."""
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts_in(item)
    elif isinstance(value, str):
        yield value
