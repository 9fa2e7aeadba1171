"""The bugs that `make mutants` plants: each a line that somebody could have written, and who must notice.

`before` stands in its file exactly once; a bug whose line is gone is an error, not a success.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bug:
    """One change of one file, and the tests that are run on it."""

    name: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]


ACCOUNTS = "embedded_server/accounts"
UNIT = "tests/unit"
BUGS = (
    Bug(
        "a fill is counted twice",
        f"{ACCOUNTS}/settlement.py",
        "        self.deals.add(deal)\n",
        "        self.deals.add(deal)\n        self.deals.add(deal)\n",
        ("tests/property/test_ledger_state_machine.py",),
    ),
    Bug(
        "a partial fill is dropped",
        f"{ACCOUNTS}/execution.py",
        "        if order is None:\n            return\n        self._settlement.book",
        "        if order is None or lots < order.state.remaining_lots:\n            return\n"
        "        self._settlement.book",
        ("tests/property/test_ledger_state_machine.py",),
    ),
    Bug(
        "fees are paid to the client",
        f"{ACCOUNTS}/settlement.py",
        "self._post(LedgerKind.FEE, -deal.fee_micros, deal)",
        "self._post(LedgerKind.FEE, deal.fee_micros, deal)",
        ("tests/property/test_ledger_state_machine.py",),
    ),
    Bug(
        "one leg of an OCO pair stays when the other fills",
        f"{ACCOUNTS}/execution.py",
        "            self._finish(order)\n        self._drop_siblings(order)\n        for listener",
        "            self._finish(order)\n        for listener",
        (f"{UNIT}/accounts/test_accounts_oco.py",),
    ),
    Bug(
        "stop-out at the level of the margin call",
        f"{ACCOUNTS}/solvency.py",
        "return margin > 0 and equity * 100 <= margin * self._venue.stop_out_percent",
        "return margin > 0 and equity * 100 <= margin * self._venue.margin_call_percent",
        (f"{UNIT}/accounts/test_accounts_forex.py",),
    ),
    Bug(
        "a requote is accepted twice",
        "embedded_server/dealing/dealer.py",
        "if order is None or order.status is not OrderStatus.REQUOTED or order.offer_price is None:",
        "if order is None or (order.offer_price is None and not order.requotes):",
        (f"{UNIT}/accounts/test_accounts_requotes.py", f"{UNIT}/dealing/test_dealing_dealer.py"),
    ),
    Bug(
        "a client's reference is taken twice",
        f"{ACCOUNTS}/intake.py",
        "if state.reference is not None and state.reference in self._register.references:",
        "if state.reference is not None and state.reference in ():",
        (f"{UNIT}/accounts/test_accounts_intake.py",),
    ),
    Bug(
        "the bot trades at a confidence of 0.70",
        "embedded_server/strategies/bot.py",
        "and signal.confidence > LEAVE_BELOW",
        "and signal.confidence >= LEAVE_BELOW",
        (f"{UNIT}/strategies/test_strategies_bot.py",),
    ),
    Bug(
        "an order is acknowledged before it is synced",
        "embedded_server/journal/recorder.py",
        "            self._store.sync()\n",
        "            pass\n",
        ("tests/faults/test_synced_first.py", f"{UNIT}/journal/test_journal_recorder.py"),
    ),
    Bug(
        "a gap in the journal's numbers goes unnoticed",
        "embedded_server/journal/audit.py",
        "if count and (first, last) != (1, count):",
        "if count and first != 1:",
        (f"{UNIT}/journal/test_journal_commands.py",),
    ),
    Bug(
        "an HMAC of the right length is good enough",
        "embedded_server/protocols/channels/signatures.py",
        "right_signature = _same(given, expected)",
        "right_signature = len(given) == len(expected)",
        (f"{UNIT}/protocols/test_channels_signatures.py",),
    ),
    Bug(
        "one message a minute too many is allowed",
        "embedded_server/transport/limits.py",
        "        if len(times) >= self.limit:",
        "        if len(times) > self.limit:",
        (f"{UNIT}/transport", "tests/contract/test_transport_abuse.py"),
    ),
    Bug(
        "any web page may connect",
        "embedded_server/transport/admission.py",
        "if origin is not None and not self._admits_origin(origin):",
        "if origin is not None and not origin:",
        (f"{UNIT}/transport/test_transport_admission.py",),
    ),
    Bug(
        "an order without an answer is sent again",
        "tui_trader/connection/calls.py",
        'attempts = ATTEMPTS if request.method == "GET" else 1',
        "attempts = ATTEMPTS",
        (f"{UNIT}/connection/test_link_traffic.py",),
    ),
    Bug(
        "an order goes out while the link is not ready",
        "tui_trader/connection/link.py",
        "        if self.state is not LinkState.READY:\n            raise",
        "        if self.state is LinkState.CLOSED:\n            raise",
        (f"{UNIT}/connection/test_link_traffic.py",),
    ),
    Bug(
        "the heartbeat's jitter makes it early",
        "tui_trader/connection/heartbeat.py",
        "self.policy.interval + self.policy.jitter * self._jitter()",
        "self.policy.interval - self.policy.jitter * self._jitter()",
        (f"{UNIT}/connection/test_heartbeat.py",),
    ),
    Bug(
        "prices of a lost link are shown live",
        "tui_trader/store/store.py",
        "now - quote.arrived > STALE_SECONDS or not self.links.ready(quote.link)",
        "now - quote.arrived > STALE_SECONDS",
        ("tests/faults/test_close_codes.py", f"{UNIT}/store/test_store_market.py"),
    ),
    Bug(
        "an order whose answer was lost is shown as rejected",
        "tui_trader/store/orders.py",
        'order, status=OrderStatus.UNKNOWN, reason=event.detail or "answer lost: verify"',
        'order, status=OrderStatus.REJECTED, reason=event.detail or "answer lost: verify"',
        (f"{UNIT}/store/test_store_orders.py",),
    ),
    Bug(
        "a refusal stands against the server's list",
        "tui_trader/store/orders.py",
        'refused = self._closed.pop((order.link, f"ref {reference}"), None)',
        'refused = self._closed.get((order.link, f"ref {reference}"), None)',
        (f"{UNIT}/store/test_store_orders.py",),
    ),
    Bug(
        "a refused order is never looked for",
        "tui_trader/connection/outcomes.py",
        "references = (*self._unknown.get(link, ()), *self._refused.get(link, ()))",
        "references = (*self._unknown.get(link, ()),)",
        (f"{UNIT}/connection/test_outcomes.py",),
    ),
    Bug(
        "a client that is gone stays in the audience",
        "embedded_server/protocols/audience.py",
        "self._clients.pop(client.id, None)",
        "self._clients.get(client.id, None)",
        ("tests/faults/test_reconnect_leaks.py",),
    ),
    Bug(
        "an armed ladder stays armed without the keyboard",
        "tui_trader/panes/pane.py",
        '        """An armed pane that loses the keyboard is disarmed."""\n        self.disarm()',
        '        """An armed pane that loses the keyboard is disarmed."""\n        self.touch()',
        ("tests/ui/test_arming_machine.py",),
    ),
    Bug(
        "escape sequences reach the screen",
        "tui_trader/protocols/sanitising.py",
        "if text.isascii() and text.isprintable():",
        "if text.isascii():",
        (f"{UNIT}/console_protocols/test_sanitising.py", "tests/e2e/test_hostile_screen.py"),
    ),
    Bug(
        "secrets in decoded frames are shown",
        "tui_trader/protocols/redaction.py",
        "HIDDEN if is_secret(str(name)) else self.value(one)",
        "self.value(one)",
        (f"{UNIT}/console_protocols/test_redaction.py",),
    ),
)
