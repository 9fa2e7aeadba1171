"""The engine's state as bytes and back: pickle, narrowed to the engine's own classes and a few plain ones.

A snapshot is thawed only if it was written by this very code (identity.py). Still, a folder may come from a
stranger: nothing outside the lists here is ever called, and the engine's classes do no I/O.
"""

from __future__ import annotations

import gc
import io
import pickle
import sys
import zlib
from collections import defaultdict, deque
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from types import BuiltinFunctionType, FunctionType, MethodType

import msgspec
import numpy as np
from numpy.typing import NDArray

from embedded_server.engine.engine import Engine

PROTOCOL = 5
ROOT = "embedded_server."
PACKAGES = {
    "accounts",
    "analysis",
    "dealing",
    "engine",
    "kernel",
    "market",
    "model",
    "risk",
    "strategies",
}
Array = NDArray[np.generic]
Words = NDArray[np.uint64]


class FrozenStateError(Exception):
    """Bytes that are no state of an engine, or a state that cannot be put into bytes."""


def bound(owner: object, name: str) -> MethodType:
    """A method of one of the engine's objects."""
    function = _attribute(type(owner), name)
    if not _is_ours(type(owner)) or not isinstance(function, FunctionType) or name.startswith("__"):
        raise FrozenStateError(f"{type(owner).__name__}.{name} is not a method of the engine's")
    return MethodType(function, owner)


def array(kind: str, shape: tuple[int, ...], data: bytes) -> Array:
    """Numbers; a kind that holds objects is refused."""
    dtype = np.dtype(kind)
    if dtype.hasobject:
        raise FrozenStateError(f"an array of {kind}")
    return np.frombuffer(data, dtype=dtype).reshape(shape).copy()


def generator(counter: Words, key: Words, buffer: Words, rest: tuple[int, int, int]) -> np.random.Generator:
    """A random stream where it stood; `rest` is its place in the buffer and half a word left over."""
    bits = np.random.Philox()
    bits.state = {
        "bit_generator": "Philox",
        "state": {"counter": counter, "key": key},
        "buffer": buffer,
        "buffer_pos": rest[0],
        "has_uint32": rest[1],
        "uinteger": rest[2],
    }
    return np.random.Generator(bits)


def value_of(kind: type[msgspec.Struct], values: dict[str, object]) -> msgspec.Struct:
    """A value whose fields go by name, as msgspec takes it apart."""
    return kind(**values)


_PLAIN: dict[tuple[str, str], Callable[..., object]] = {
    (kind.__module__, kind.__qualname__): kind
    for kind in (set, frozenset, list, dict, int, deque, defaultdict, Decimal, partial)
} | {(function.__module__, function.__qualname__): function for function in (bound, array, generator)}
_PLAIN["msgspec._utils", "rebuild"] = value_of


class _Freezer(pickle.Pickler):
    def reducer_override(self, value: object) -> tuple[Callable[..., object], tuple[object, ...]]:
        if isinstance(value, MethodType):
            return bound, (value.__self__, value.__name__)
        if isinstance(value, np.ndarray):
            return array, (value.dtype.str, value.shape, value.tobytes())
        if isinstance(value, np.random.Generator):
            return generator, _stream(value)
        if isinstance(value, type | FunctionType | BuiltinFunctionType):
            _allowed(value.__module__, value.__qualname__)
        return NotImplemented  # type: ignore[no-any-return] # how a reducer passes


class _Thawer(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        return _allowed(module, name)


def freeze(engine: Engine) -> bytes:
    """The state between two batches. Raises `FrozenStateError`."""
    buffer = io.BytesIO()
    try:
        _Freezer(buffer, PROTOCOL).dump(engine)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise FrozenStateError(str(error)) from error
    return zlib.compress(buffer.getbuffer(), 1)


def thaw(data: bytes) -> Engine:
    """The engine of a state. Raises `FrozenStateError`."""
    collecting = gc.isenabled()
    gc.disable()  # nothing of it is garbage: looking for some takes as long as the rest
    try:
        engine = _Thawer(io.BytesIO(zlib.decompress(data))).load()
    except FrozenStateError:
        raise
    except Exception as error:  # whatever damaged bytes make of themselves
        raise FrozenStateError(f"{type(error).__name__}: {error}") from error
    finally:
        if collecting:
            gc.enable()
    if not isinstance(engine, Engine):
        raise FrozenStateError(f"a {type(engine).__name__} is no engine")
    return engine


def _stream(value: np.random.Generator) -> tuple[object, ...]:
    state = value.bit_generator.state
    if state["bit_generator"] != "Philox":
        raise FrozenStateError(f"a stream of {state['bit_generator']}")
    inner = state["state"]
    rest = (int(state["buffer_pos"]), int(state["has_uint32"]), int(state["uinteger"]))
    return inner["counter"], inner["key"], state["buffer"], rest


def _allowed(module: str, name: str) -> object:
    plain = _PLAIN.get((module, name))
    if plain is not None:
        return plain
    found = getattr(sys.modules.get(module), name, None) if _is_engine_module(module) else None
    if isinstance(found, type) and found.__module__ == module and found.__qualname__ == name:
        return found
    raise FrozenStateError(f"{module}.{name} has no place in the engine's state")


def _is_ours(kind: type) -> bool:
    return _is_engine_module(kind.__module__)


def _is_engine_module(module: str) -> bool:
    return module.startswith(ROOT) and module.split(".")[1] in PACKAGES


def _attribute(kind: type, name: str) -> object:
    for ancestor in kind.__mro__:
        if name in vars(ancestor):
            return vars(ancestor)[name]
    return None
