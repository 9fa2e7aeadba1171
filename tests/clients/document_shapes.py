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
    comparison = _Comparison(frozenset(loose), frozenset(numbers), frozenset(nullable))
    comparison.values(message, example, "")
    return comparison.found


class _Comparison:
    def __init__(self, loose: frozenset[str], numbers: frozenset[str], nullable: frozenset[str]) -> None:
        self.found: list[str] = []
        self._loose, self._numbers, self._nullable = loose, numbers, nullable

    def values(self, value: Any, example: Any, path: str) -> None:
        name = path.rpartition(".")[2]
        if value is None and (name in self._nullable or example is None):
            return
        if isinstance(example, dict):
            self._objects(value, example, path)
        elif isinstance(example, list):
            self._arrays(value, example, path)
        elif not _same_kind(value, example, name in self._numbers):
            self.found.append(f"{path}: {value!r} where the document has {example!r}")

    def _arrays(self, value: Any, example: list[Any], path: str) -> None:
        if not isinstance(value, list):
            self.found.append(f"{path}: {value!r} is no array")
            return
        for index, item in enumerate(value):
            self.values(item, example[0], f"{path}[{index}]")

    def _objects(self, value: Any, example: dict[str, Any], path: str) -> None:
        if not isinstance(value, dict):
            self.found.append(f"{path}: {value!r} is no object")
            return
        if path.rpartition(".")[2] in self._loose:
            return
        if list(value) != list(example):
            keys = f"keys {list(value)} where the document has {list(example)}"
            self.found.append(f"{path or 'message'}: {keys}")
        for key, expected in example.items():
            if key in value:
                self.values(value[key], expected, f"{path}.{key}")


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
