"""The command line: arguments only. A bad option is one sentence on stderr and exit code 2."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from tui_trader.exit_codes import NAME, refuse, reported

INTERRUPTED = 130
_SERVER_OPTIONS = (
    "host",
    "ports",
    "clock",
    "data",
    "adopt",
    "json",
    "exit_with_parent",
    "dialect",
    "timers",
    "control",
    "tls_certificate",
    "tls_key",
)
_MARKET_OPTIONS = ("seed", "speed", "ephemeral")
_CONSOLE_OPTIONS = ("theme", "log_file", "connect", "live", "replay")


_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.command(
    name=NAME,
    context_settings=_CONTEXT,
    epilog=f"`{NAME} config --help`: the settings file. "
    f"`{NAME} journal --help`: check or export the journal of a server.",
)
@click.option("--server-only", is_flag=True, help="Run the simulated backend alone and print its endpoints.")
@click.option(
    "--config", type=click.Path(path_type=Path), help="Settings file (TOML) instead of the usual one."
)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Seed of the simulated market.")
@click.option("--ephemeral", is_flag=True, default=None, help="Keep nothing of the simulated market.")
@click.option("--speed", type=click.FloatRange(0, 1_000, min_open=True), help="Times real time.")
@click.option(
    "--connect", metavar="NAME[,NAME]", help="Console: links of the settings file, instead of its own server."
)
@click.option("--live", is_flag=True, default=None, help="Console: allow trading on links that are LIVE.")
@click.option("--replay", type=click.Path(path_type=Path), help="Console: play a recording; no links.")
@click.option("--theme", help="Console: colour theme.")
@click.option(
    "--log-file", type=click.Path(path_type=Path), help="Console: log file instead of the usual one."
)
@click.option("--host", help="Server: address to listen on (127.0.0.1).")
@click.option("--ports", metavar="documented|free|BASE", help="Server: which ports to listen on.")
@click.option("--clock", type=click.Choice(["real", "manual"]), help="Server: what moves the market's time.")
@click.option("--data", type=click.Path(path_type=Path), help="Server: folder to keep everything in.")
@click.option("--adopt", is_flag=True, default=None, help="Server: set aside in --data what cannot go on.")
@click.option(
    "--dialect", type=click.Choice(["documented", "observed"]), help="Server: which dialect it speaks."
)
@click.option(
    "--timers", type=click.Choice(["real", "manual"]), help="Server: what moves the protocols' timers."
)
@click.option(
    "--control/--no-control", default=None, help="Server: whether the control endpoint is served (it is)."
)
@click.option(
    "--tls-certificate", type=click.Path(path_type=Path), help="Server: PEM file; every port speaks TLS."
)
@click.option(
    "--tls-key", type=click.Path(path_type=Path), help="Server: PEM file with the certificate's key."
)
@click.option(
    "--json", is_flag=True, default=None, help="Server: print one JSON line once everything listens."
)
@click.option(
    "--exit-with-parent", is_flag=True, default=None, help="Server: end with the process that started it."
)
@click.version_option(package_name="tui-trader", prog_name=NAME)
def command(server_only: bool, config: Path | None, **options: object) -> int:
    """A terminal trading console. Without options it starts its own simulated market."""
    from tui_trader import launch

    given = {name: value for name, value in options.items() if value is not None}
    if server_only:
        _refuse(given, _CONSOLE_OPTIONS, "is an option of the console and means nothing with --server-only")
        return launch.run_server({**given, "config": config})
    _refuse(given, _SERVER_OPTIONS, "needs --server-only")
    if "replay" in given:
        _refuse(given, ("connect", "live", *_MARKET_OPTIONS), "means nothing with --replay")
    if "connect" in given:
        _refuse(given, _MARKET_OPTIONS, "is for the console's own market and means nothing with --connect")
    from tui_trader.settings import load, names_in

    if "connect" in given:
        given["connect"] = names_in(str(given["connect"]))
        if not given["connect"]:  # an empty variable in a script must not start the simulated market instead
            raise click.UsageError("--connect names no link of the settings file.")
    recording = given.pop("replay", None)
    settings = load(config, flags=given)
    return (
        launch.run_replay(settings, recording)
        if isinstance(recording, Path)
        else launch.run_console(settings)
    )


def _refuse(given: dict[str, object], names: Sequence[str], why: str) -> None:
    for name in names:
        if name in given:
            raise click.UsageError(f"--{name.replace('_', '-')} {why}.")


@click.group(name="journal", context_settings=_CONTEXT, invoke_without_command=True)
@click.pass_context
def journal(context: click.Context) -> None:
    """Look at the journal that a server keeps in its --data folder."""
    if context.invoked_subcommand is None:
        raise click.UsageError("say verify DIR or export DIR after journal.")


@journal.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--full", is_flag=True, help="Replay from the start instead of from the last snapshot.")
def verify(folder: Path, full: bool) -> int:
    """Check DIR's journal and print a report; exit code 1 if something is wrong with it."""
    from tui_trader import launch

    return launch.verify_journal(folder, full=full)


@journal.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def export(folder: Path) -> int:
    """Print everything in DIR's journal as JSON lines."""
    from tui_trader import launch

    return launch.export_journal(folder)


@click.command(context_settings=_CONTEXT)
@click.option("--example", is_flag=True, help="Print a settings file with everything in it, explained.")
@click.option("--path", is_flag=True, help="Print where the settings file is looked for.")
@click.option("--keys", is_flag=True, help="Print every action with its keys, as the settings file has them.")
def config(example: bool, path: bool, keys: bool) -> int:
    """Show how the console is set up."""
    from tui_trader import settings_example
    from tui_trader.settings import named_file, settings_file

    if example + path + keys != 1:
        raise click.UsageError("choose one of --example, --path and --keys.")
    if path:
        click.echo(named_file(None, os.environ) or settings_file())
    else:
        click.echo(settings_example.EXAMPLE.rstrip() if example else settings_example.keys())
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    return reported(lambda: _run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    chosen: click.Command = command
    name = NAME
    for other in (journal, config):
        if given[:1] == [other.name]:
            chosen, name = other, f"{NAME} {given.pop(0)}"
            break
    try:
        outcome = chosen.main(args=given, prog_name=name, standalone_mode=False)
    except click.exceptions.Exit as request:
        return request.exit_code
    except click.exceptions.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        return refuse(error.format_message())
    return outcome if isinstance(outcome, int) else 0
