"""Report files: what a spreadsheet or a browser would run is defused."""

from __future__ import annotations

from embedded_server.protocols.onetrade.report_files import Section, render

SECTIONS = [
    Section("One & all", ("id", "comment"), [(1, "=1+1"), (-2, "@x"), (3, None)]),
    Section("Two", ("text",), [("<b>bold</b>",)]),
]


def test_csv_quotes_formulas_and_leaves_numbers() -> None:
    assert render("csv", "T", SECTIONS).decode().split("\r\n") == [
        "id,comment",
        "1,'=1+1",
        "-2,'@x",
        "3,",
        "",
        "text",
        "<b>bold</b>",
        "",
    ]


def test_html_escapes_everything_and_needs_no_network() -> None:
    page = render("html", "<T>", SECTIONS).decode()
    assert "<title>&lt;T&gt;</title>" in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert "One &amp; all" in page
    assert "http" not in page
    assert "<script" not in page
