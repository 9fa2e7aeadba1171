"""Whether a message has the shape of a document's example: names, their order, and JSON types."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any


def differences(
    message: Any,
    example: Any,
    *,
    loose: Collection[str] = (),
    numbers: Collection[str] = (),
    nullable: Collection[str] = (),
) -> list[str]:
    """What a strict reader of the example would trip over, as `path: what`.

    `loose` names objects whose keys are data, `numbers` whole numbers of the example that may have decimals,
    `nullable` values that may be null though the example has one.
    """
    found: list[str] = []
    _compare(message, example, "", frozenset(loose), frozenset(numbers), frozenset(nullable), found)
    return found


def _compare(
    value: Any,
    example: Any,
    path: str,
    loose: frozenset[str],
    numbers: frozenset[str],
    nullable: frozenset[str],
    found: list[str],
) -> None:
    name = path.rpartition(".")[2]
    if value is None and (name in nullable or example is None):
        return
    if isinstance(example, dict):
        _compare_objects(value, example, path, loose, numbers, nullable, found)
    elif isinstance(example, list):
        if not isinstance(value, list):
            found.append(f"{path}: {value!r} is no array")
            return
        for index, item in enumerate(value):
            _compare(item, example[0], f"{path}[{index}]", loose, numbers, nullable, found)
    elif not _same_kind(value, example, name in numbers):
        found.append(f"{path}: {value!r} where the document has {example!r}")


def _compare_objects(
    value: Any,
    example: dict[str, Any],
    path: str,
    loose: frozenset[str],
    numbers: frozenset[str],
    nullable: frozenset[str],
    found: list[str],
) -> None:
    if not isinstance(value, dict):
        found.append(f"{path}: {value!r} is no object")
        return
    if path.rpartition(".")[2] in loose:
        return
    if list(value) != list(example):
        found.append(f"{path or 'message'}: keys {list(value)} where the document has {list(example)}")
    for key in example:
        if key in value:
            _compare(value[key], example[key], f"{path}.{key}", loose, numbers, nullable, found)


def _same_kind(value: Any, example: Any, decimals: bool) -> bool:
    if example is None:
        return isinstance(value, int | float | str)
    if isinstance(example, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(example, bool)
    if isinstance(example, int) and not decimals:
        return isinstance(value, int)
    if isinstance(example, int | float):
        return isinstance(value, int | float)
    return isinstance(value, type(example))
