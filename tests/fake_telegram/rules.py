"""What Telegram refuses, and with which words. Where Telegram silently drops something, this server refuses it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from tests.fake_telegram.markup import Entity, Unparsable, parse_html, trimmed, units

Json = dict[str, Any]

TEXT, CAPTION = 4096, 1024  # UTF-16 units after parsing; Telegram counts characters, so this is never laxer
BUTTON_BYTES = 64
BUTTONS = 100
ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat"}


class Refusal(Exception):
    """Telegram says no: status, description, and what else the answer carries."""

    def __init__(self, status: int, description: str, **parameters: object) -> None:
        super().__init__(status, description)
        self.status, self.description, self.parameters = status, description, parameters


@dataclass(frozen=True, slots=True)
class Upload:
    filename: str
    content: bytes = field(repr=False)


class Params:
    """The arguments of a call, whether they came as a form, as JSON or in the address."""

    def __init__(self, given: Json, files: dict[str, Upload] | None = None) -> None:
        self.given, self.files = given, files or {}

    def text(self, name: str) -> str:
        value = self.given.get(name, "")
        if isinstance(value, str):
            return value
        return json.dumps(value) if isinstance(value, dict | list | bool) else str(value)

    def number(self, name: str, default: int = 0) -> int:
        try:
            return int(str(self.given.get(name, default)))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in ("true", "1")

    def json(self, name: str, default: Any = None) -> Any:
        value = self.given.get(name, default)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else default
        except ValueError:
            raise refused(f"can't parse {name.replace('_', ' ')} JSON object") from None


def refused(why: str) -> Refusal:
    """A 400 as the Bot API words it."""
    return Refusal(400, f"Bad Request: {why}")


def read_text(params: Params, name: str = "text", limit: int = TEXT) -> tuple[str, list[Entity]]:
    """The plain text and entities of a message or caption, or the refusal."""
    source, mode = params.text(name), params.text("parse_mode").lower()
    if name == "text" and not source.strip():
        raise refused("message text is empty")
    if "\0" in source or any(0xD800 <= ord(character) < 0xE000 for character in source):
        raise refused("strings must be encoded in UTF-8")
    if mode not in ("", "html"):
        raise refused("unsupported parse_mode")
    try:
        text, entities = parse_html(source) if mode else trimmed(source, params.json("entities", []))
    except Unparsable as why:
        raise refused(f"can't parse entities: {why}") from None
    if name == "text" and not text:
        raise refused("text must be non-empty")
    if units(text) > limit:
        raise refused("message is too long" if name == "text" else "message caption is too long")
    return text, entities


def read_markup(params: Params) -> Json | None:
    """The keyboard of a message, or none, or the refusal."""
    markup = params.json("reply_markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise refused("object expected as reply markup")
    if "inline_keyboard" in markup:
        _check_rows(markup["inline_keyboard"], "inline keyboard", _check_inline)
        return markup if any(markup["inline_keyboard"]) else None
    if "keyboard" in markup:
        _check_rows(markup["keyboard"], "keyboard", _check_label)
    elif not (markup.get("remove_keyboard") or markup.get("force_reply")):
        raise refused("can't parse reply markup JSON object")
    return markup


def _check_rows(rows: Any, name: str, check: Any) -> None:
    if not isinstance(rows, list) or any(not isinstance(row, list) for row in rows):
        raise refused(f'can\'t parse reply markup JSON object: Field "{name.replace(" ", "_")}" must be of type Array')
    if sum(map(len, rows)) > BUTTONS:
        raise refused("reply markup is too long")
    for row in rows:
        for button in row:
            check(button)


def _check_label(button: Any) -> None:
    label = button.get("text") if isinstance(button, dict) else button
    if not isinstance(label, str):
        raise refused('can\'t parse inline keyboard button: Field "text" must be of type String')
    if not label.strip():
        raise refused("inline keyboard button text must be non-empty")  # Telegram drops the button and says nothing


def _check_inline(button: Any) -> None:
    if not isinstance(button, dict):
        raise refused("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    _check_label(button)
    if "callback_data" not in button:
        if button.get("url") or button.get("web_app") or button.get("copy_text"):
            return
        raise refused("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if not 1 <= len(str(button["callback_data"]).encode()) <= BUTTON_BYTES:
        raise refused("BUTTON_DATA_INVALID")


def read_commands(params: Params) -> list[Json]:
    """The command menu, or the refusal."""
    commands = params.json("commands")
    if not isinstance(commands, list):
        raise refused("can't parse commands JSON object")
    if len(commands) > 100:
        raise refused("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not COMMAND.fullmatch(str(command.get("command", ""))):
            raise refused("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise refused("BOT_COMMAND_DESCRIPTION_INVALID")
    return commands


def read_scope(params: Params) -> str:
    """Whom a command menu is for; default: everybody."""
    scope = params.json("scope", {"type": "default"})
    if not isinstance(scope, dict) or scope.get("type") not in SCOPES:
        raise refused("can't parse BotCommandScope: unsupported type specified")
    return json.dumps(scope, sort_keys=True)


def read_language(params: Params) -> str:
    """A two-letter code, or empty for everybody else."""
    code = params.text("language_code")
    if code and not re.fullmatch("[a-z]{2}", code):
        raise refused("invalid language code specified")
    return code


def read_action(params: Params) -> str:
    """What the bot is seen doing."""
    action = params.text("action")
    if action not in ACTIONS:
        raise refused("wrong parameter action in request")
    return action
