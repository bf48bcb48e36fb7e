"""What Telegram remembers: chats, the messages in them with every version they had, presses, and the bot's profile."""

from __future__ import annotations

import itertools
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.fake_telegram.markup import Entity
from tests.fake_telegram.rules import Json, Params, Refusal, Upload, refused

TOKEN = "123456:fake-token-for-tests"
BOT = {
    "id": 123456, "is_bot": True, "first_name": "Willow", "username": "willow_test_bot",
    "can_join_groups": False, "can_read_all_group_messages": False, "supports_inline_queries": False,
}  # fmt: skip


@dataclass(slots=True)
class Message:
    """A message of the bot. `html` is what it sent, `text` what is read; `versions` are what stood there before."""

    chat: int
    number: int
    date: int
    kind: str
    html: str
    text: str
    entities: list[Entity]
    markup: Json | None
    params: Json
    file: Upload | None = None
    reference: str = ""
    deleted: bool = False
    versions: list[tuple[str, Json | None]] = field(default_factory=list)

    @property
    def buttons(self) -> list[Json]:
        """The buttons it has now, row after row."""
        return _buttons(self.markup)

    @property
    def labels(self) -> list[str]:
        return [button["text"] for button in self.buttons]

    def every_button(self) -> Iterator[Json]:
        """The buttons it has and had, newest first: a phone may still show an old keyboard."""
        for markup in (self.markup, *(old for _, old in reversed(self.versions))):
            yield from _buttons(markup)

    def change(self, text: str, html: str, entities: list[Entity], markup: Json | None) -> None:
        if (text, entities, markup) == (self.text, self.entities, self.markup):
            same = "specified new message content and reply markup are exactly the same"
            raise refused(f"message is not modified: {same} as a current content and reply markup of the message")
        self.versions.append((self.text, self.markup))
        self.text, self.html, self.entities, self.markup = text, html, entities, markup


@dataclass(slots=True)
class Chat:
    """`refusal` is what Telegram answers instead of sending: blocked, left. `actions` are the typing signs."""

    id: int
    type: str = "private"
    language: str = "en"
    refusal: str = ""
    actions: list[str] = field(default_factory=list)
    messages: dict[int, Message] = field(default_factory=dict)
    acted: int = 0  # number of the newest message when the person last did something

    @property
    def person(self) -> Json:
        return {"id": abs(self.id), "is_bot": False, "first_name": "Someone", "language_code": self.language}

    @property
    def shown(self) -> Json:
        if self.type == "private":
            return {"id": self.id, "type": self.type, "first_name": "Someone"}
        return {"id": self.id, "type": self.type, "title": "A group"}


@dataclass(slots=True)
class Press:
    """A tap on a button; `answered` counts the acknowledgements, `seconds` is how long the first took."""

    id: str
    chat: int
    button: str
    made: float
    answered: int = 0
    seconds: float = 0.0
    text: str = ""


class World:
    """Everything the server remembers, in memory."""

    def __init__(self) -> None:
        self.chats: dict[int, Chat] = {}
        self.sent: list[Message] = []
        self.presses: dict[str, Press] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.profile: dict[str, dict[str, str]] = defaultdict(dict)
        self.files: dict[str, Upload] = {}
        self.numbers = itertools.count(1)
        self.left: Callable[[Chat], object] = lambda _: None  # called when the bot has left a group

    def chat(self, chat: int, **traits: Any) -> Chat:
        """The chat of a person, who has opened it."""
        return self.chats.setdefault(chat, Chat(chat, **traits))

    def reachable(self, params: Params) -> Chat:
        """The chat that a call names, if the bot may write to it."""
        if not params.text("chat_id"):
            raise refused("chat_id is empty")
        chat = self.chats.get(params.number("chat_id"))
        if chat is None:
            raise refused("chat not found")
        if chat.refusal:
            raise Refusal(403, f"Forbidden: {chat.refusal}")
        return chat

    def find(self, params: Params, missing: str) -> Message:
        """The bot's message that a call names."""
        message = self.reachable(params).messages.get(params.number("message_id"))
        if message is None or message.deleted:
            raise refused(missing)
        return message

    def shown(self, message: Message) -> Json:
        """A message as Telegram's object."""
        chat = self.chats[message.chat].shown
        found: Json = {"message_id": message.number, "date": message.date, "chat": chat, "from": BOT}
        words, marks = ("text", "entities") if message.kind == "text" else ("caption", "caption_entities")
        if message.text:
            found[words] = message.text
        if message.entities:
            found[marks] = message.entities
        if message.markup and "inline_keyboard" in message.markup:
            found["reply_markup"] = message.markup
        if message.versions:
            found["edit_date"] = int(time.time())
        return {**found, **_attached(message)}


def _attached(message: Message) -> Json:
    size = len(message.file.content) if message.file else 0
    file: Json = {"file_id": message.reference, "file_unique_id": message.reference, "file_size": size}
    if message.kind == "photo":
        return {"photo": [{**file, "width": 1280, "height": 720}]}
    if message.kind == "document":
        return {"document": {**file, "file_name": message.file.filename if message.file else "file"}}
    return {}


def _buttons(markup: Json | None) -> list[Json]:
    rows = (markup or {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]
