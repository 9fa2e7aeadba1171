"""The settings file as a document of itself: everything that can be set, explained. A test loads it."""

from __future__ import annotations

EXAMPLE = """\
# Settings of tui-trader. Flags win over TUI_TRADER_<NAME> in the environment, and that over this file.
# Lines that begin with #name = show what may be set; the console needs none of them.

# Colours: midnight, paper, midnight-blue-orange, paper-blue-orange. Without it: the theme chosen last.
#theme = "midnight"

# Instrument to look at first. Without it: the one looked at last.
#symbol = "EURUSD"

# The simulated market of the embedded server: its seed, and its speed in times real time.
#seed = 1
#speed = 1.0

# Its accounts, orders and positions are there again next time (each seed has its own);
# true: they end with the console.
#ephemeral = false

#log_file = "~/console.log"

# Links or profiles (below) to connect instead of the embedded server; --connect NAME[,NAME] does the same.
# There is no setting `live`: to trade on a link that is LIVE takes the flag --live, and a phrase for each
# connection.
#connect = ["practice"]

# Alerts: the terminal's bell, and a desktop notification (auto, off, osc9, osc777).
#bell = true
#notify = "auto"

# Frames a second at most, 1 to 60. Unless it is set: 30, and 10 over SSH, which is what a slow line can take.
#frame_rate = 30

# Whether theme, lists, layout, alerts and first steps are remembered in the platform's state folder.
#remember = true

# Keys by action, several with commas; `config --keys` prints all. A clash is told and left out.
[keys]
#console.help = "f1,question_mark"
#console.command = "colon,ctrl+e"

# Backends of one's own. A link is LIVE unless `paper = true` says that a simulator is behind it.
# Protocols: orchestrator, market_data_gateway, risk_guardian, bot_core, ai_service, onetrade, channels, bars.
[links.broker]
protocol = "onetrade"
url = "wss://broker.example/ws/v1"
http = "https://broker.example"

# What goes to another machine is wss:// and https://; `insecure = true` allows ws:// and http://.
# ca_file = "~/authority.pem"   # whose certificates to trust instead of the system's

# No secret stands in this file: each is in a variable or in the keyring ...
[links.broker.credentials]
api_key = "keyring:tui-trader/broker"

[links.practice]
protocol = "channels"
url = "ws://127.0.0.1:8080/ws"
http = "http://127.0.0.1:8080"
paper = true
exchange = "binance"
symbols = ["BTCUSDT", "ETHUSDT"]
# ... or in a JSON or TOML file that only you can read (chmod 600).
credentials_file = "~/.config/tui-trader-console/practice.json"

# Names for several links together.
[profiles.both]
links = ["broker", "practice"]
"""


def keys() -> str:
    """The table of keys as `[keys]` of a settings file."""
    import tui_trader.panes.registry  # noqa: F401 - panes bring keys of their own
    from tui_trader.keys import every_key

    return "\n".join(["[keys]", *(f'#{key.id} = "{key.keys}"  # {key.description}' for key in every_key())])
