"""The command line: `willow COMMAND`. Each command is a few words about it, its options, and one call.

Nothing heavy is imported before a command needs it. A wrong call, a wrong setting or a refusal of the world is one
clear sentence on standard error and an exit code that is not 0, never a stack trace.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.alert_commands import alerts

if TYPE_CHECKING:
    from bot.settings import Settings

WRONG_CALL = 2
REFUSED = 1
INTERRUPTED = 130

app = typer.Typer(
    name="willow",
    help="Willow, a resilience coach that people talk to on Telegram, in the browser or in a terminal.",
    no_args_is_help=False,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def willow(context: typer.Context) -> None:
    """Start with `willow demo`: it needs no configuration. Every command has --help with an example."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def demo(
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the last demo and begin with an empty one.")] = False,
    port: Annotated[int | None, typer.Option(help="Port on this machine; 0 is any free one.", min=0, max=65535)] = None,
) -> None:
    """Talk to Willow in your browser, on this machine only, without any configuration.

    Example: willow demo --fresh
    """
    from bot.app import demo as run

    run(_settings(), fresh=fresh, port=port)


@app.command()
def talk(
    clock: Annotated[str, typer.Option(help="Begin at this time, for example 2026-03-02T09:00 (UTC).")] = "",
) -> None:
    """Talk to Willow in this terminal. Typing :later 3d lets three days pass.

    Example: willow talk --clock 2026-03-02T09:00
    """
    from bot.app import talk as run

    run(_settings(), clock=clock)


@app.command()
def serve(
    bot: Annotated[bool, typer.Option("--bot", help="Only Telegram and reminders.")] = False,
    web: Annotated[bool, typer.Option("--web", help="Only the web pages (WILLOW_WEB_LISTEN).")] = False,
) -> None:
    """Answer people on Telegram, send what is due, and serve the pages. WILLOW_TELEGRAM_TOKEN is all it needs.

    Example: WILLOW_TELEGRAM_TOKEN=123456:ABC... willow serve
    """
    from bot.app import serve as run

    run(_settings(), bot=bot or not web, web=web or not bot)


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="The content to check; WILLOW_CONTENT if left out.")] = None,
    write_core: Annotated[bool, typer.Option("--write-core", help="Write the frozen core from this content.")] = False,
    release: Annotated[bool, typer.Option("--release", help="Also fail at helplines older than 180 days.")] = False,
    today: Annotated[str, typer.Option(help="With --release: the day to count from, for example 2026-03-02.")] = "",
    clinic: Annotated[Path | None, typer.Option(help="Also check this clinic.yaml.")] = None,
    overlay: Annotated[Path | None, typer.Option(help="Lay this folder of a clinic over the content.")] = None,
) -> None:
    """Read all content and tell every problem at once, each with its file, line and cure.

    Example: willow check content --clinic clinic.yaml --overlay overlay
    """
    from bot.checking import check_content

    content = folder or _settings().content
    failed = check_content(content, write_core=write_core, release=release, today=today, clinic=clinic, overlay=overlay)
    raise typer.Exit(REFUSED if failed else 0)


@app.command()
def draw(flow: Annotated[str, typer.Argument(help="The name of a flow, which is its file's name.")]) -> None:
    """Print a flow as a Mermaid diagram, to paste into any page that shows Mermaid.

    Example: willow draw settle_body > settle_body.mmd
    """
    from bot.checking import draw_flow

    typer.echo(draw_flow(_settings().content, flow))


@app.command()
def explain(
    text: Annotated[str, typer.Argument(help="What was written; else standard input. With --counts a month.")] = "",
    language: Annotated[str, typer.Option(help="The language of the person who wrote it.")] = "en",
    country: Annotated[str, typer.Option(help="Their country, for the help that would be shown, for example GB.")] = "",
    counts: Annotated[bool, typer.Option("--counts", help="Count what was decided, of one month or of all.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say why a text would be taken as danger or not: rules, modifiers, the model, and what would follow.

    The text is stored nowhere. With --counts: how often each rule was met, asked about and answered; under 5 is masked.

    Example: willow explain "I can't do this any more" --country GB
    """
    from bot.explaining import count_rules, explain_text

    if counts:
        typer.echo(count_rules(_settings(), text, json=as_json))
    else:
        typer.echo(explain_text(_settings(), text, language, country, json=as_json))


app.add_typer(alerts, name="alerts")


@app.command()
def migrate() -> None:
    """Bring the database up to this version of Willow. `serve` does it by itself; this is for doing it beforehand.

    Example: willow migrate
    """
    from bot.database import migrate as run

    typer.echo(run(_settings()))


@app.command()
def doctor() -> None:
    """Look at settings, folder, key, database, content, token and webhook, and say in plain sentences what is not well.

    Example: willow doctor
    """
    from bot.doctor import examine
    from bot.settings import read_settings

    findings = examine(read_settings)
    for finding in findings:
        typer.echo(str(finding))
    raise typer.Exit(REFUSED if any(finding.level == "wrong" for finding in findings) else 0)


def main() -> None:
    """The console script."""
    try:
        code = app(prog_name="willow", standalone_mode=False)
    except typer.TyperException as error:
        code = _say(f"{error.format_message().rstrip('.')}. Try: willow --help", WRONG_CALL)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001  nobody who types a command is met with a stack trace
        from bot.refusals import sentence

        code = _say(sentence(error), REFUSED)
    sys.exit(code or 0)


def _say(words: str, code: int) -> int:
    print(f"willow: {words}", file=sys.stderr)
    return code


def _settings() -> Settings:
    from bot.settings import read_settings

    return read_settings()


if __name__ == "__main__":
    main()
