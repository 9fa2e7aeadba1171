"""The rules of the four venues, one row an account; what differs between accounts is a field here."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from embedded_server.accounts.margin import FLAT, Tier
from embedded_server.model.instruments import MICROS, AssetClass


class Margining(StrEnum):
    """How an account pays for what it opens."""

    CASH = "cash"
    """In full; no short selling."""
    ISOLATED = "isolated"
    """Each position with its own margin, which is all it can lose."""
    CROSS = "cross"
    """All positions with the whole equity."""


class Venue(Struct, frozen=True, kw_only=True):
    """One account's rules. Fees and rates are in parts per million, percentages in percent."""

    account: str
    currency: str
    asset_class: AssetClass
    opening_micros: int
    margining: Margining
    hedging: bool = False
    """Every order opens its own position; otherwise an instrument has one (netting)."""
    per_strategy: bool = False
    """Netting positions are kept for each strategy apart."""
    maker_fee_ppm: int = 0
    taker_fee_ppm: int = 0
    leverage: int = 1
    max_leverage: int = 1
    tiers: tuple[Tier, ...] = FLAT
    """Maintenance margin by notional (isolated margin only)."""
    margin_call_percent: int = 0
    stop_out_percent: int = 0

    @property
    def fee_ceiling_ppm(self) -> int:
        """The dearer of the two fees, which a working order reserves."""
        return max(self.maker_fee_ppm, self.taker_fee_ppm)


DOCUMENTED: tuple[Venue, ...] = (
    Venue(
        account="equities",
        currency="USD",
        asset_class=AssetClass.EQUITY,
        opening_micros=1_000_000 * MICROS,
        margining=Margining.CASH,
        per_strategy=True,
    ),
    Venue(
        account="futures",
        currency="USDT",
        asset_class=AssetClass.PERPETUAL,
        opening_micros=10_000 * MICROS,
        margining=Margining.ISOLATED,
        maker_fee_ppm=1_000,
        taker_fee_ppm=1_000,
        leverage=10,
        max_leverage=125,
    ),
    Venue(
        account="forex",
        currency="USD",
        asset_class=AssetClass.FOREX,
        opening_micros=10_000 * MICROS,
        margining=Margining.CROSS,
        hedging=True,
        leverage=100,
        max_leverage=100,
        margin_call_percent=100,
        stop_out_percent=50,
    ),
    Venue(
        account="spot",
        currency="USDT",
        asset_class=AssetClass.SPOT,
        opening_micros=100_000 * MICROS,
        margining=Margining.CASH,
        maker_fee_ppm=1_000,
        taker_fee_ppm=1_000,
    ),
)
"""In the fixed order of the accounts. Liquidation as bot-core.md shows it: entry x (1 - 1/leverage)."""

TIERS = (
    Tier(up_to_micros=50_000 * MICROS, rate_ppm=4_000),
    Tier(up_to_micros=250_000 * MICROS, rate_ppm=5_000, deduction_micros=50 * MICROS),
    Tier(up_to_micros=1_000_000 * MICROS, rate_ppm=10_000, deduction_micros=1_300 * MICROS),
    Tier(up_to_micros=10_000_000 * MICROS, rate_ppm=25_000, deduction_micros=16_300 * MICROS),
    Tier(up_to_micros=None, rate_ppm=50_000, deduction_micros=266_300 * MICROS),
)
"""Maintenance rates that grow with the notional; the deductions make the maintenance margin continuous."""

REALISTIC: tuple[Venue, ...] = tuple(
    replace(venue, tiers=TIERS) if venue.margining is Margining.ISOLATED else venue for venue in DOCUMENTED
)
"""The same venues with a maintenance margin, so that liquidation comes before the margin is gone."""
