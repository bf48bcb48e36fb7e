"""What people do, as Telegram's objects: pure, given the chat and the numbers."""

from __future__ import annotations

from typing import Any

from tests.fake_telegram.chat import BOT, Chat, Message, Press
from tests.fake_telegram.markup import units
from tests.fake_telegram.rules import Json

FILE: Json = {"file_id": "from-a-person", "file_unique_id": "from-a-person", "file_size": 1000}
CLIP: Json = {**FILE, "width": 320, "height": 240, "duration": 2}
POLL: Json = {
    "id": "1", "question": "Which?", "options": [{"text": "One", "voter_count": 0, "persistent_id": "1"}],
    "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular",
    "allows_multiple_answers": False, "allows_revoting": False, "members_only": False,
}  # fmt: skip
MEDIA: dict[str, Any] = {
    "photo": [{**FILE, "width": 90, "height": 60}],
    "voice": {**FILE, "duration": 3},
    "audio": {**FILE, "duration": 3},
    "video": CLIP,
    "video_note": {**FILE, "length": 240, "duration": 2},
    "animation": CLIP,
    "document": {**FILE, "file_name": "notes.pdf"},
    "sticker": {**FILE, "type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False},
    "location": {"latitude": 52.0, "longitude": 4.0},
    "venue": {"location": {"latitude": 52.0, "longitude": 4.0}, "title": "A place", "address": "A street"},
    "contact": {"phone_number": "+10000000", "first_name": "Someone"},
    "dice": {"emoji": "🎲", "value": 4},
    "poll": POLL,
    "game": {"title": "A game", "description": "A game", "photo": [{**FILE, "width": 90, "height": 60}]},
    "story": {"id": 1, "chat": {"id": 1, "type": "private", "first_name": "Someone"}},
}


def text(chat: Chat, number: int, date: int, words: str) -> Json:
    """A message in words; a command is marked as one."""
    message = {**_message(chat, number, date), "text": words}
    if words.startswith("/") and len(words) > 1:
        command = {"type": "bot_command", "offset": 0, "length": units(words.split()[0])}
        message["entities"] = [command]
    return message


def media(chat: Chat, number: int, date: int, kind: str, caption: str = "") -> Json:
    """A message of another kind, with a caption or without."""
    message = {**_message(chat, number, date), kind: MEDIA[kind]}
    if kind == "animation":
        message["document"] = MEDIA["document"]  # Telegram sends both
    if kind == "venue":
        message["location"] = MEDIA["location"]
    return {**message, "caption": caption} if caption else message


def press(chat: Chat, made: Press, message: Json) -> Json:
    """A tap on a button of that message."""
    return {"id": made.id, "from": chat.person, "chat_instance": "1", "data": made.button, "message": message}


def out_of_reach(message: Message, chat: Chat) -> Json:
    """The same message when Telegram no longer shows it to the bot."""
    return {"chat": chat.shown, "message_id": message.number, "date": 0}


def membership(chat: Chat, date: int, old: str, new: str) -> Json:
    """The bot's own place in a chat changed: kicked is blocked, in a private chat."""
    return {
        "chat": chat.shown,
        "from": chat.person,
        "date": date,
        "old_chat_member": _member(old),
        "new_chat_member": _member(new),
    }


def _member(status: str) -> Json:
    member: Json = {"user": BOT, "status": status}
    return {**member, "until_date": 0} if status == "kicked" else member


def _message(chat: Chat, number: int, date: int) -> Json:
    return {"message_id": number, "from": chat.person, "chat": chat.shown, "date": date}
