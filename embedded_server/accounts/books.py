"""What all parts of one account share: clock, market, rules, and the records that the parts keep together."""

from __future__ import annotations

from embedded_server.accounts.conversion import Conversion
from embedded_server.accounts.identities import Identities
from embedded_server.accounts.ledger import Ledger
from embedded_server.accounts.order_register import OrderRegister
from embedded_server.accounts.position_book import PositionBook
from embedded_server.accounts.reservations import Reservations
from embedded_server.accounts.valuation import Valuation
from embedded_server.accounts.venues import Venue
from embedded_server.accounts.watch_list import WatchList
from embedded_server.kernel.simulation import Simulation
from embedded_server.market.market import Market


class Books:
    """The records of one account. Holds them, knows nothing of what is done with them."""

    def __init__(self, simulation: Simulation, market: Market, venue: Venue, identities: Identities) -> None:
        self.simulation = simulation
        self.market = market
        self.venue = venue
        self.identities = identities
        self.conversion = Conversion(market, venue.currency, tuple(market.instruments.values()))
        self.instruments: tuple[str, ...] = tuple(
            item.key
            for item in market.instruments.values()
            if item.asset_class is venue.asset_class and self.conversion.convertible(item)
        )
        """Keys of what the account may trade."""
        self.register = OrderRegister()
        self.positions = PositionBook(venue)
        self.reservations = Reservations()
        self.watch_list = WatchList()
        self.ledger = Ledger(simulation, identities, venue.account, venue.opening_micros)
        self.valuation = Valuation(market, venue, self.conversion, self.positions, self.ledger)
