"""`willow alerts`: what is open, who gets alerts, and how one is closed from the command line.

Works beside a running `serve`, which notices within seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.store.alerts import Standing
    from bot.store.store import Store
    from flows.clinic import Clinic

NONE = "No alert is open."
alerts = typer.Typer(rich_markup_mode=None, no_args_is_help=False)


@alerts.callback(invoke_without_command=True)
def listing(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also those that were dealt with.")] = False,
) -> None:
    """List open alerts: id, age, name for the team, step, kind of danger, status and who confirmed.

    Example: willow alerts --all
    """
    if context.invoked_subcommand is not None:
        return
    from bot.alert_words import row_text
    from bot.house import now
    from bot.store import alerts as rows

    with _store() as store:
        found = store.now(lambda connection: rows.listed(connection, store.vault, every=every))
    for standing in found:
        typer.echo(row_text(standing, now()))
    if not found:
        typer.echo("There is no alert." if every else NONE)


@alerts.command()
def register(name: Annotated[str, typer.Argument(help="The chat's name under on_call in clinic.yaml.")]) -> None:
    """Print a code that registers an on-call chat: it works once, for 24 hours.

    Example: willow alerts register "duty desk"
    """
    from bot.house import now
    from bot.store import on_call

    _named(name)
    with _store() as store:
        code = store.now(lambda connection: on_call.new_code(connection, store.vault, name, now()))
    typer.echo(f"Write this to the bot, in the chat that is to be “{name}”, within 24 hours:\n\n/oncall {code}")


@alerts.command()
def chats() -> None:
    """List the on-call chats of clinic.yaml and whether each is registered.

    Example: willow alerts chats
    """
    from bot.store import on_call

    clinic = _clinic()
    with _store() as store:
        there = {chat.name: chat for chat in store.now(on_call.chats)}
    for duty in clinic.on_call:
        chat = there.pop(duty.name, None)
        state = f"registered on {chat.registered:%d %b %Y}" if chat else "not registered"
        trouble = f"; the last line did not go: {chat.trouble}" if chat and chat.trouble else ""
        typer.echo(f"{duty.order:<7} {duty.name}: {state}{trouble}")
    for name in there:
        typer.echo(f"{'-':<7} {name}: registered, but not in clinic.yaml, so it gets nothing")


@alerts.command()
def remove(name: Annotated[str, typer.Argument(help="The name of a registered chat.")]) -> None:
    """Take an on-call chat off: nothing more is sent there.

    Example: willow alerts remove "duty desk"
    """
    from bot.house import now
    from bot.refusals import Refusal
    from bot.store import on_call

    with _store() as store:
        gone = store.now(lambda connection: on_call.remove(connection, name, now()))
    if not gone:
        raise Refusal(f"No chat is registered as “{name}”. Look at: willow alerts chats")
    typer.echo(f"“{name}” gets no more alerts.")


@alerts.command()
def ack(
    alert: Annotated[str, typer.Argument(help="The id that `willow alerts` shows.")],
    name: Annotated[str, typer.Option(help="Who has seen it, as the team will read it.")],
) -> None:
    """Confirm an alert that somebody has seen outside of the chats. The person is told so.

    Example: willow alerts ack K7Q2MF --name "duty desk"
    """
    from bot.house import now
    from bot.store import alerts as rows

    who = _short(name, "--name", 40)
    before = _change(lambda store: store.now(lambda connection: rows.acknowledge(connection, alert, who, now())), alert)
    done = "It is confirmed, and the person is told." if before.status == "raised" else "It was confirmed before."
    typer.echo(done)


@alerts.command()
def resolve(
    alert: Annotated[str, typer.Argument(help="The id that `willow alerts` shows.")],
    reason: Annotated[str, typer.Option(help="How it was dealt with, in a few words without names.")],
) -> None:
    """Close an alert that was dealt with.

    Example: willow alerts resolve K7Q2MF --reason "talked on the phone"
    """
    from bot.house import now
    from bot.store import alerts as rows

    why = _short(reason, "--reason", 60)

    def close(store: Store) -> Standing | None:
        return store.now(lambda connection: rows.resolve(connection, alert, "the desk", why, now()))

    before = _change(close, alert)
    typer.echo("It is closed." if before.status != "resolved" else "It was closed before.")


def _change(change: Callable[[Store], Standing | None], alert: str) -> Standing:
    """The alert as it stood before the change."""
    from bot.refusals import Refusal

    with _store() as store:
        before = change(store)
    if before is None:
        raise Refusal(f"There is no alert {alert}. Look at: willow alerts --all")
    return before


def _short(words: str, option: str, longest: int) -> str:
    from bot.refusals import Refusal

    said = words.strip()
    if not said or len(said) > longest or not said.isprintable():
        raise Refusal(f"{option} takes one line of at most {longest} characters.")
    return said


def _named(name: str) -> None:
    from bot.refusals import Refusal

    names = [duty.name for duty in _clinic().on_call]
    if name not in names:
        raise Refusal(f"“{name}” is not under on_call in clinic.yaml. There are: {', '.join(names)}.")


def _clinic() -> Clinic:
    from bot.clinic_yaml import clinic_path, read_clinic_yaml
    from bot.refusals import Refusal
    from bot.settings import read_settings

    settings = read_settings()
    clinic = read_clinic_yaml(settings)
    if clinic is None:
        raise Refusal(f"There is no {clinic_path(settings)}, so nobody gets alerts. Copy the sample beside it.")
    return clinic


@contextmanager
def _store() -> Iterator[Store]:
    from bot.database import open_store
    from bot.settings import read_settings

    store = open_store(read_settings())
    try:
        yield store
    finally:
        store.close()
