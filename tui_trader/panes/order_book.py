"""Order book as a ladder of prices: depth, own orders and position beside them, and the latest trades.

The prices stand still while the pane is armed or the cursor is on them; Space brings the market back.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tui_trader.commands.sizing import exact
from tui_trader.drawing.canvas import Line
from tui_trader.formatting import numbers
from tui_trader.formatting.price_ladder import PriceLadder, running, size_presets
from tui_trader.model.commands import ModifyOrder
from tui_trader.model.matters import Matter
from tui_trader.model.values import Instrument, Order, Severity, Side
from tui_trader.panes import ladder_rows as rows
from tui_trader.panes.ladder_hand import LadderHand
from tui_trader.panes.ladder_window import LadderWindow
from tui_trader.panes.pane import Pane, said
from tui_trader.panes.positions import ink_of_result
from tui_trader.panes.tape import tape_lines
from tui_trader.store.books import Book

if TYPE_CHECKING:
    from textual import events

    from tui_trader.desk import Desk

TAPE_FROM_HEIGHT = 22
FOOT = 3
"""Lines under the ladder: pressure, sizes, position."""


class OrderBookPane(Pane):
    """Bids left, asks right of one column of prices; trades under them where there is room."""

    KEY = "order_book"
    TITLE = "Ladder"
    DIGIT = 2
    CONTEXTS = ("ladder",)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.hand = LadderHand(desk)
        self._symbol = ""
        self._windows: dict[str, LadderWindow] = {}
        """By instrument: each keeps its grouping, and those not looked at nothing else."""
        self._chosen: dict[str, int] = {}
        self._presets: dict[str, tuple[Decimal, ...]] = {}

    def revision(self) -> object:
        """The book, the choice, own orders and positions, and where the user is."""
        symbol, store = self.store.selection.symbol, self.store
        own = (store.orders.revision, store.positions.revision, store.accounts.revision)
        view = (self.window.view, self._chosen.get(symbol))
        return (symbol, store.books.get(symbol).revision, own, view)

    def arrived(self) -> float | None:
        """When the depth arrived."""
        return self.store.books.get(self.store.selection.symbol).arrived

    def sources(self) -> tuple[str, ...]:
        """The link that sends the depth."""
        link = self.store.books.get(self.store.selection.symbol).link
        return (link,) if link else ()

    def caption(self, now: float) -> str:
        """The instrument, and how many ticks a line gathers."""
        group = self.window.group
        return f"{self.store.selection.symbol}{f'  ×{group}' if group > 1 else ''}"

    @property
    def instrument(self) -> Instrument:
        """The selected instrument."""
        return self.store.instruments.describe(self.store.selection.symbol)

    @property
    def window(self) -> LadderWindow:
        """The prices in sight of the selected instrument."""
        symbol = self.store.selection.symbol
        window = self._windows.get(symbol)
        if window is None:
            window = self._windows[symbol] = LadderWindow()
        return window

    @property
    def ladder(self) -> PriceLadder:
        """The present axis."""
        return PriceLadder(exact(self.instrument.tick_size), self.window.group)

    @property
    def presets(self) -> tuple[Decimal, ...]:
        """Sizes of the keys 1 to 5; made once, so that they do not change under the hand."""
        one = self.instrument
        if one.key not in self._presets:
            quote = self.store.quotes.get(one.key)
            least = exact(one.minimum_quantity or one.quantity_step)
            price = quote.price if quote else None
            sizes = size_presets(one.kind, exact(one.quantity_step), least, price)
            if price is None:
                return sizes
            self._presets[one.key] = sizes
        return self._presets[one.key]

    @property
    def size_now(self) -> Decimal:
        """The size that an order from the ladder has."""
        return self.presets[self._chosen.get(self.store.selection.symbol, 0)]

    def draw(self, width: int, height: int, now: float) -> list[Line]:
        """Another instrument starts over; what cannot be traded on is not armed."""
        symbol = self.store.selection.symbol
        if symbol != self._symbol:
            if self._symbol in self._windows:
                self._windows[self._symbol].release()
            self._symbol = symbol
            self.disarm()
        if self.armed_since is not None and self._obstacle(now):
            self.disarm()
        if self.armed_since is not None:
            self.wake_at(now + 0.5)  # silence is the one change that no event tells
        return super().draw(width, height, now)

    def body(self, width: int, height: int, now: float) -> list[Line]:
        """Ladder, foot, and the tape if the pane is tall."""
        book, instrument = self.store.books.get(self.store.selection.symbol), self.instrument
        if not book.bids and not book.asks:
            self.wake_at(now + 1)
            text = self.desk.shortfall.of_selected(Matter.DEPTH, now) or "no depth yet"
            return said(text, width, max(0, height // 2 - 1))
        tape = height // 3 if height >= TAPE_FROM_HEIGHT else 0
        foot = 1 if height < 10 else FOOT
        window = self.window
        window.rows = max(1, height - tape - foot - 1)
        if window.misfits() and self.armed_since is None:  # who trades keeps the prices of each line
            window.fit(book.bids, book.asks, instrument.tick_size)
        middle = self._middle(book)
        window.follow(middle)
        lines = self._rungs(book, instrument, width)
        lines += self._foot(book, instrument, width, window.away(middle))[:foot]
        return lines + tape_lines(book, instrument, width, tape) if tape else lines

    def _middle(self, book: Book) -> int:
        """The step between the best prices of a book that is not empty."""
        best = [side[0][0] for side in (book.bids, book.asks) if side]
        return self.ladder.nearest(sum(best) / len(best))

    def _rungs(self, book: Book, instrument: Instrument, width: int) -> list[Line]:
        ladder, window = self.ladder, self.window
        look = self._look(book, instrument, width, window.steps)
        lines = [rows.titles(look.widths)]
        for step in window.steps:
            ground = ("cursor" if self.has_focus else "cursor-idle") if step == window.cursor else ""
            lines.append(rows.rung(look, step, float(ladder.price(step)), cursor=ground))
        return lines

    def _look(self, book: Book, instrument: Instrument, width: int, steps: range) -> rows.Look:
        ladder = self.ladder
        bids, asks = ladder.sums(book.bids, Side.BUY), ladder.sums(book.asks, Side.SELL)
        depth = (rows.Depth(bids, running(bids)), rows.Depth(asks, running(asks)))
        reach = [total for side in depth for step, total in side.totals.items() if step in steps]
        own = self._own()
        longest = len(numbers.price(float(ladder.price(steps[0])), instrument.price_digits))
        quote = self.store.quotes.get(instrument.key)
        return rows.Look(
            instrument=instrument,
            widths=rows.Widths.of(width, longest, rows.longest(own.values())),
            bids=depth[0],
            asks=depth[1],
            deepest=max(reach, default=0.0),
            digits=rows.size_digits([*bids.values(), *asks.values()], instrument.quantity_digits),
            last=ladder.nearest(quote.last) if quote and quote.last is not None else None,
            own=own,
        )

    def _own(self) -> dict[int, rows.Own]:
        """Own orders and entries by step."""
        symbol, ladder = self.store.selection.symbol, self.ladder
        found: dict[int, rows.Own] = {}
        for one in self.hand.positions(symbol):
            found[ladder.nearest(one.entry_price)] = rows.Own(entry=one.quantity)
        for order, level in self.hand.orders(symbol):
            step, left = ladder.step(level, order.side), order.quantity - order.filled
            known = found.get(step, rows.NOTHING)
            buys = order.side is Side.BUY
            waiting = known.waiting or not order.id or self.hand.moving(order)
            found[step] = rows.Own(
                buying=known.buying + (left if buys else 0.0),
                selling=known.selling + (0.0 if buys else left),
                waiting=waiting,
                entry=known.entry,
            )
            if waiting:
                self.wake_at(self.desk.clock() + 1.0)
        return found

    def _foot(self, book: Book, instrument: Instrument, width: int, away: int) -> list[Line]:
        lines = [rows.pressure(book, instrument, width, away=away)]
        if not self.hand.account(instrument.key):
            return [*lines, ("pane", ((" no account takes orders on this", "faint", ""),)), ("pane", ())]
        texts = [numbers.quantity(float(size)) for size in self.presets]
        chosen = self._chosen.get(instrument.key, 0)
        lines.append(rows.sizes(texts, chosen, width, armed=self.armed_since is not None))
        return [*lines, self._holding(instrument, width)]

    def _holding(self, instrument: Instrument, width: int) -> Line:
        held = list(self.hand.positions(instrument.key))
        net = sum(one.side.sign * one.quantity for one in held)
        size = sum(one.quantity for one in held)
        if not size:
            return rows.holding(None, 0.0, "", ("", "text", ""), width)
        entry = sum(one.entry_price * one.quantity for one in held) / size
        result = sum(one.unrealised or 0.0 for one in held)
        side = Side.BUY if net >= 0 else Side.SELL
        shown = (numbers.signed(result), f"bold {ink_of_result(result)}", "")
        return rows.holding(side, abs(net), numbers.price(entry, instrument.price_digits), shown, width)

    def on_blur(self) -> None:
        """An armed ladder that loses the keyboard is disarmed, and follows the market again."""
        self.window.held = False
        super().on_blur()

    def put_cursor(self, step: int) -> None:
        """Put the cursor on a price; the ladder stands still from now on and shows it."""
        self.window.put_cursor(step)
        self.touch()

    def action_move(self, lines: int) -> None:
        """Move the cursor by prices, downwards for more than zero."""
        start = self.window.cursor
        book = self.store.books.get(self.store.selection.symbol)
        if start is None and (book.bids or book.asks):
            start = self._middle(book)
        if start is not None:
            self.put_cursor(start - lines)

    def action_edge(self, sign: int) -> None:
        """Put the cursor on the highest (+) or lowest (-) price in sight."""
        if self.window.placed:
            self.put_cursor(self.window.top if sign > 0 else self.window.bottom)

    def copied(self) -> str:
        """The price under the cursor, else the market's."""
        quote, cursor = self.store.quotes.get(self.store.selection.symbol), self.window.cursor
        price = quote.price if quote is not None else None
        if cursor is not None:
            price = float(self.ladder.price(cursor))
        return "" if price is None else f"{price:.{self.instrument.price_digits}f}"

    def action_centre(self) -> None:
        """Bring the market to the middle; an armed ladder keeps its cursor and stands still there."""
        if self.armed_since is None:
            self.window.release()
        else:
            self.window.recentre()
        self.touch()

    def action_regroup(self, by: int) -> None:
        """Gather more (+) or fewer (-) ticks in a line; the cursor stays at its price."""
        self.window.regroup(by)
        self.touch()

    def clicked(self, x: int, y: int) -> None:
        """A click puts the cursor on a price."""
        window = self.window
        if window.placed and 1 <= y <= window.rows:
            self.put_cursor(window.steps[y - 1])

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Wheel down: lower prices."""
        self._scroll(event, -3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Wheel up: higher prices."""
        self._scroll(event, 3)

    def _scroll(self, event: events.MouseEvent, steps: int) -> None:
        event.stop()
        self.window.scroll(steps)
        self.touch()

    def _obstacle(self, now: float) -> str:
        """Why nothing can be sent from here now; empty where something can."""
        symbol = self.store.selection.symbol
        account = self.hand.account(symbol)
        if not account:
            return f"No account takes orders on {symbol or 'this'}."
        if not self.store.links.ready(account):
            return f"{account} is not ready."
        return "Not sent: the price is stale." if self.store.stale(symbol, now) else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Digits choose a size only while the ladder is armed."""
        return self.armed_since is not None if action == "size" else True

    def action_arm(self) -> None:
        """Arm where an account takes orders; the cursor then stands on the best bid."""
        obstacle = self._obstacle(self.desk.clock())
        if obstacle:
            self.desk.console.report(obstacle, Severity.WARNING)
            return
        super().action_arm()
        if self.armed_since is None:
            return
        self.window.held = True
        book = self.store.books.get(self.store.selection.symbol)
        if self.window.cursor is None and book.bids:
            self.put_cursor(self.ladder.step(book.bids[0][0], Side.BUY))

    def _press_counts(self) -> bool:
        obstacle = self._obstacle(self.desk.clock())
        if self.armed_since is not None and obstacle:
            self.disarm()
            self.desk.console.report(obstacle, Severity.WARNING)
            return False
        return super()._press_counts()

    def action_size(self, digit: int) -> None:
        """Choose one of the sizes."""
        self._chosen[self.store.selection.symbol] = digit - 1
        self.touch()

    def action_buy(self) -> None:
        """Place a buying limit order at the cursor's price."""
        self._place(Side.BUY)

    def action_sell(self) -> None:
        """Place a selling limit order at the cursor's price."""
        self._place(Side.SELL)

    def _place(self, side: Side) -> None:
        cursor = self.window.cursor
        if cursor is not None:
            self.hand.place(self._symbol, side, self.size_now, self.ladder.price(cursor))

    def _here(self) -> list[tuple[Order, float]]:
        """Own orders on the cursor's line."""
        ladder, cursor = self.ladder, self.window.cursor
        every = self.hand.orders(self._symbol)
        return [(order, level) for order, level in every if ladder.step(level, order.side) == cursor]

    def action_cancel(self) -> None:
        """Cancel own orders at the cursor's price."""
        here = [order for order, _ in self._here()]
        if not here:
            self.desk.console.report("No order of yours stands at this price.")
        elif not self.hand.cancel(here):
            self.desk.console.report("This order has no number yet: it cannot be canceled.")

    def action_shift(self, steps: int) -> None:
        """Move own orders at the cursor's price by lines, and the cursor with them; repeats count."""
        if self.armed_since is None or self.is_stale(self.desk.clock()):
            self._press_counts()
            return
        ladder = self.ladder
        here = self._here()
        if here and not self.desk.can(here[0][0].link, ModifyOrder):
            self.desk.console.report("This account cannot change an order: cancel it and place another.")
        elif here and self.hand.move(here, ladder.tick * ladder.group * steps, ladder.tick):
            self.put_cursor((self.window.cursor or 0) + steps)

    def action_flatten(self) -> None:
        """Close the position in this instrument: reduces risk, so the armed key is enough."""
        if not self.hand.flatten(self._symbol):
            self.desk.console.report(f"There is no position in {self._symbol}.")
