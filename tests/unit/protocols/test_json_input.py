"""Hostile and honest JSON against the one strict reader that all façades share."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from embedded_server.protocols.json_input import InputError, convert, parse, parse_object

HOSTILE = {
    "nothing": "",
    "not JSON": "hello",
    "NaN": '{"a": NaN}',
    "infinity": '{"a": -Infinity}',
    "a number past the float range": '{"a": 1e999}',
    "a huge integer": '{"a": ' + "9" * 5000 + "}",
    "a long fraction": '{"a": 0.' + "1" * 5000 + "}",
    "deep nesting the parser survives": "[" * 100 + "]" * 100,
    "deep nesting the parser does not survive": "[" * 30_000 + "]" * 30_000,
    "unclosed deep nesting": '{"a":' * 10_000,
    "duplicate keys": '{"type": "a", "type": "b"}',
    "duplicate keys inside": '{"a": [{"b": 1, "b": 1}]}',
    "a lone surrogate escape": '{"a": "\\ud800"}',
    "a lone surrogate key": '{"\\udfff": 1}',
    "a raw lone surrogate": '{"a": "\ud800"}',
    "an escaped NUL": '{"a": "\\u0000"}',
    "a raw NUL": '{"a": "\0"}',
    "bytes that are not UTF-8": b'{"a": "\xff"}',
    "a byte order mark": '\ufeff{"a": 1}',
    "too long": '"' + "x" * 65_536 + '"',
    "too long in bytes only": '"' + "é" * 40_000 + '"',
    "two documents": "{} {}",
    "a comment": "{} // no",
}


@pytest.mark.parametrize("message", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_input_is_one_error_with_a_short_printable_message(message: str | bytes) -> None:
    with pytest.raises(InputError) as caught:
        parse(message)
    assert len(str(caught.value)) <= 200
    assert str(caught.value).isprintable()


def test_an_object_is_read_from_text_and_from_bytes() -> None:
    assert parse_object('{"type":"Ping","n":[1,2.5,true,null]}') == {
        "type": "Ping",
        "n": [1, 2.5, True, None],
    }
    assert parse_object('{"é":"😀"}'.encode()) == {"é": "😀"}


@pytest.mark.parametrize("message", ["[]", "1", '"a"', "null", "true"])
def test_anything_but_an_object_is_refused_where_an_object_is_due(message: str) -> None:
    with pytest.raises(InputError, match="object is expected"):
        parse_object(message)


def test_an_escaped_surrogate_pair_is_a_character() -> None:
    assert parse('"\\ud83d\\ude00"') == "😀"


def test_exact_reading_keeps_a_fraction_as_it_was_written() -> None:
    assert parse('{"volume": 0.10}', exact=True) == {"volume": Decimal("0.10")}


class _Config(msgspec.Struct):
    symbols: list[str]
    limit: int = 5


class _Request(msgspec.Struct):
    config: _Config


def test_conversion_names_the_offending_field() -> None:
    with pytest.raises(InputError, match=r"config\.symbols\[1\]: Expected `str`, got `int`") as caught:
        convert({"config": {"symbols": ["AAPL", 1]}}, _Request)
    assert caught.value.field == "config.symbols[1]"


@pytest.mark.parametrize("limit", [True, "5", 5.0, None, [5]])
def test_conversion_is_strict(limit: object) -> None:
    with pytest.raises(InputError):
        convert({"config": {"symbols": [], "limit": limit}}, _Request)


def test_unknown_fields_are_ignored() -> None:
    assert convert({"config": {"symbols": [], "colour": "red"}, "x": 1}, _Request) == _Request(_Config([]))


def test_what_a_client_wrote_is_quoted_without_control_characters() -> None:
    message = str(InputError("unknown type \x1b]52;c;AAAA\x07" + "x" * 500))
    assert message.isprintable()
    assert len(message) == 200
