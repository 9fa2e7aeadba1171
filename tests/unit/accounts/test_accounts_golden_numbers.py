"""The documents' own numbers come out of the real arithmetic (SIMULATION.md, Golden arithmetic)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from accounts_stage import Stage

from embedded_server.accounts.margin import FLAT, Tier, initial_margin, liquidation_price, tier_of
from embedded_server.accounts.rounding import fee
from embedded_server.accounts.venues import DOCUMENTED, REALISTIC, TIERS
from embedded_server.model.enums import OrderKind, OrderStatus, Side
from embedded_server.model.instruments import MICROS

BTC, PERP = "BTCUSDT", "BTCUSDT-PERP"


def _bot_position(stage: Stage, side: Side = Side.BUY) -> None:
    stage.quote(
        PERP, 6_700_000 if side is Side.SELL else 6_699_990, 6_700_000 if side is Side.BUY else 6_700_010
    )
    stage.order(PERP, side, 10, leverage=10)


def test_the_margin_of_the_documented_position_is_6_70(stage: Stage) -> None:
    _bot_position(stage)
    assert stage.position("futures").margin_micros == 6_700_000
    assert stage.accounts["futures"].margin_required(PERP, 10, 6_700_000, 10) == 6_700_000


def test_the_documented_liquidation_price_is_60300_00(stage: Stage) -> None:
    _bot_position(stage)
    position = stage.position("futures")
    assert position.liquidation_price == 6_030_000
    assert position.entry_price == 6_700_000.0


def test_a_short_without_maintenance_margin_is_liquidated_at_73700(stage: Stage) -> None:
    _bot_position(stage, Side.SELL)
    assert stage.position("futures").liquidation_price == 7_370_000


def test_the_realistic_profile_liquidates_at_60542_17() -> None:
    stage = Stage(REALISTIC)
    _bot_position(stage)
    assert stage.position("futures").liquidation_price == 6_054_217


def test_the_documented_unrealised_profit_is_0_5005_and_0_75_percent_of_notional(stage: Stage) -> None:
    _bot_position(stage)
    stage.market.marks[PERP] = 6_750_050
    position = stage.position("futures")
    assert position.unrealised_micros == 500_500
    assert f"{position.unrealised_micros / MICROS:.2f}" == "0.50"
    assert f"{100 * position.unrealised_micros / position.cost_micros:.2f}" == "0.75"


def test_the_documented_commission_is_0_0675(stage: Stage) -> None:
    stage.quote(PERP, 6_749_990, 6_750_000)
    order = stage.order(PERP, Side.BUY, 10)
    assert order.fees_micros == 67_500
    assert stage.accounts["futures"].state().fees_micros == 67_500


def test_the_bot_starts_with_10000_so_that_10500_50_is_5_005_percent(stage: Stage) -> None:
    opening = stage.accounts["futures"].state().opening_micros
    assert opening == 10_000 * MICROS
    assert 100 * (10_500_500_000 - opening) / opening == pytest.approx(5.005)


def test_the_fee_of_the_documented_part_fill_is_2_125(stage: Stage) -> None:
    stage.quote(BTC, 4_240_000, 4_260_000)
    order = stage.order(BTC, Side.BUY, 1_000, OrderKind.LIMIT, price=4_250_000)
    stage.take(BTC, Side.SELL, 500)
    order = stage.state(order.id)
    assert order.status is OrderStatus.PARTIALLY_FILLED
    assert order.fees_micros == 2_125_000
    instrument = stage.market.instruments[BTC]
    assert instrument.notional_micros(order.price or 0, order.lots) == 4_250 * MICROS


def test_the_documented_spot_position_gains_125_which_is_0_59_percent(stage: Stage) -> None:
    stage.quote(BTC, 4_264_990, 4_265_000)
    stage.order(BTC, Side.BUY, 5_000)
    stage.quote(BTC, 4_290_000, 4_290_010)
    stage.take(BTC, Side.SELL, 1)
    position = stage.position("spot")
    assert position.cost_micros == 21_325 * MICROS
    assert position.unrealised_micros == 125 * MICROS
    assert f"{100 * position.unrealised_micros / position.cost_micros:.2f}" == "0.59"


def test_the_current_value_of_a_strategys_position_is_quantity_times_mark(stage: Stage) -> None:
    stage.order("AAPL", Side.BUY, 7, strategy="sma")
    position = stage.position("equities")
    instrument = stage.market.instruments["AAPL"]
    value = instrument.notional_micros(position.mark, position.lots)
    assert value == position.cost_micros + position.unrealised_micros


def test_forex_margin_is_lots_times_contract_times_price_over_leverage_in_dollars(stage: Stage) -> None:
    forex = stage.accounts["forex"]
    assert forex.margin_required("EURUSD", 100, 108_460) == 1_084_600_000
    assert forex.margin_required("USDJPY", 100, 151_250) == 1_000 * MICROS
    assert forex.margin_required("XAUUSD", 100, 265_510) == 2_655_100_000


def test_maintenance_margin_is_continuous_between_tiers() -> None:
    for lower, upper in pairwise(TIERS):
        assert lower.up_to_micros is not None
        at_bound = [lower.up_to_micros * t.rate_ppm // MICROS - t.deduction_micros for t in (lower, upper)]
        assert at_bound[0] == at_bound[1]
    assert tier_of(TIERS, 50_000 * MICROS) is TIERS[0]
    assert tier_of(TIERS, 50_000 * MICROS + 1) is TIERS[1]


def test_a_long_without_leverage_cannot_be_liquidated() -> None:
    assert (
        liquidation_price(
            Side.BUY, lots=10, cost_micros=67 * MICROS, margin_micros=67 * MICROS, tick_value=1, tier=FLAT[0]
        )
        is None
    )


def test_liquidation_prices_lie_on_the_cautious_tick() -> None:
    tier = Tier(up_to_micros=None, rate_ppm=4_000)
    terms = {
        "lots": 10,
        "cost_micros": 67 * MICROS,
        "margin_micros": 6_700_000,
        "tick_value": 1,
        "tier": tier,
    }
    long, short = (liquidation_price(side, **terms) for side in (Side.BUY, Side.SELL))  # type: ignore[arg-type]
    assert long == 6_054_217  # 6054216.87: the tick above
    assert short == 7_340_637  # 7340637.45: the tick below


def test_margin_rounds_up_and_fees_round_down() -> None:
    assert initial_margin(10, 3) == 4
    assert fee(1_999, 1_000) == 1


def test_opening_balances_are_as_the_venues_say(stage: Stage) -> None:
    opened = {a.id: (a.currency, a.state().opening_micros // MICROS) for a in stage.accounts}
    assert opened == {
        "equities": ("USD", 1_000_000),
        "futures": ("USDT", 10_000),
        "forex": ("USD", 10_000),
        "spot": ("USDT", 100_000),
    }
    assert [a.id for a in stage.accounts] == [v.account for v in DOCUMENTED]
