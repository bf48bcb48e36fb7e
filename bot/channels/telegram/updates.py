"""What Telegram sends, made into what Willow understands: a pure function from one update to what the door does.

The update is the raw JSON object; nothing is parsed that nobody reads. Text loses NUL and lone surrogates here, once.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import msgspec

from bot.channels import Arrival, Calling, DutyPress
from bot.channels.words import clean
from flows.turn import TriggerKind, Utterance

Json = dict[str, Any]

NAME = "telegram"
ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
MEDIA = (  # in this order: a GIF also carries a document, a venue also a location
    "animation", "audio", "photo", "live_photo", "sticker", "video", "video_note", "voice", "document", "contact",
    "dice", "game", "poll", "venue", "location", "story", "paid_media", "checklist", "invoice", "gift", "giveaway",
    "users_shared", "chat_shared", "passport_data", "web_app_data",
)  # fmt: skip
SERVICE = (  # notices of Telegram itself: nobody said anything
    "pinned_message", "message_auto_delete_timer_changed", "write_access_allowed", "connected_website",
    "successful_payment", "refunded_payment", "chat_background_set", "boost_added", "new_chat_title", "new_chat_photo",
    "delete_chat_photo", "proximity_alert_triggered", "forum_topic_created", "forum_topic_edited", "forum_topic_closed",
    "forum_topic_reopened", "video_chat_scheduled", "video_chat_started", "video_chat_ended", "group_chat_created",
    "suggested_post_approved", "suggested_post_declined", "checklist_tasks_done", "checklist_tasks_added",
    "direct_message_price_changed", "paid_message_price_changed",
)  # fmt: skip
GONE = ("kicked", "left")
ON_CALL = re.compile(r"/oncall(?:@\w+)?\s+([A-Za-z0-9]{4}-?[A-Za-z0-9]{4})")  # anything else is what somebody says
ALERT = re.compile(r"alert\.([A-Z0-9]{1,8})\.(seen|handled)")
COMMAND = re.compile(r"^/([A-Za-z0-9_]{1,32})(?:@[A-Za-z0-9_]+)?(?=\s|$)")


class Group(msgspec.Struct, frozen=True):
    """Somebody took the bot into a group or channel: it says one neutral sentence, if `speak`, and leaves."""

    address: str
    speak: bool


class Moved(msgspec.Struct, frozen=True):
    """A group has a new address."""

    address: str
    to: str


Found = Arrival | Group | Calling | DutyPress | Moved


def read_update(update: Json, now: dt.datetime) -> Found | None:
    """What to do with one update: hand an Arrival in, leave a group, go to the desk, or nothing. `now`: of a press."""
    if isinstance(press := update.get("callback_query"), dict):
        return _press(update, press, now)
    if isinstance(change := update.get("my_chat_member"), dict):
        return _membership(update, change)
    if isinstance(edited := update.get("edited_message"), dict):
        return _message(update, edited, edited=True)
    if isinstance(message := update.get("message"), dict):
        return _message(update, message, edited=False)
    return None


def _message(update: Json, message: Json, *, edited: bool) -> Found | None:
    chat, address = message["chat"], str(message["chat"]["id"])
    found = _in_group(message, address, edited) if chat.get("type") != "private" else _said(update, message, edited)
    called = ON_CALL.fullmatch(str(message.get("text") or "").strip())
    return Calling(NAME, address, called[1], otherwise=found) if called and found and not edited else found


def _in_group(message: Json, address: str, edited: bool) -> Found | None:
    if (to := message.get("migrate_to_chat_id")) is not None:
        return Moved(address, str(to))
    return None if edited or "left_chat_member" in message else Group(address=address, speak=False)


def _said(update: Json, message: Json, edited: bool) -> Arrival | None:
    utterance = _utterance(message, edited=edited)
    if utterance is None:
        return None
    number = str(message["message_id"])
    where = {"replaces": number} if edited else {"message": number}
    return Arrival(NAME, str(message["chat"]["id"]), str(update["update_id"]), utterance, **where)


def _utterance(message: Json, *, edited: bool) -> Utterance | None:
    at = _time(message.get("edit_date") or message["date"])
    language = _language(message)
    text = message.get("text") or message.get("caption")
    if isinstance(text, str) and (words := clean(text)).strip():
        plain, start = _command(words)
        return Utterance(at=at, text=plain, start=start, language=language)
    if edited or any(key in message for key in SERVICE):
        return None  # a live location that moves, a sticker set anew: nothing was said
    kind = next((kind for kind in MEDIA if kind in message), "unknown")
    return Utterance(at=at, media=kind, language=language)


def _command(text: str) -> tuple[str, str]:
    """`/menu@willow_bot` is `/menu`; `/start CODE` is `/start` with its payload."""
    found = COMMAND.match(text)
    if not found:
        return text, ""
    rest = text[found.end() :]
    if found[1].lower() == "start":
        return "/start", rest.strip()[:64]
    return f"/{found[1]}{rest}", ""


def _press(update: Json, press: Json, now: dt.datetime) -> Found:
    message = press.get("message") or {}
    chat = message.get("chat") or {"id": press["from"]["id"], "type": "private"}
    address, number = str(chat["id"]), str(press["id"])
    found: Arrival | Group = Group(address=address, speak=False)
    if chat.get("type", "private") == "private":
        utterance = Utterance(at=now, press=clean(str(press.get("data", ""))), language=_language(press))
        found = Arrival(NAME, address, str(update["update_id"]), utterance, press=number)
    line = ALERT.fullmatch(str(press.get("data", "")))
    return DutyPress(NAME, address, number, line[1], line[2], otherwise=found) if line else found


def _membership(update: Json, change: Json) -> Arrival | Group | None:
    chat, new = change["chat"], change["new_chat_member"].get("status", "")
    if chat.get("type") != "private":
        return None if new in GONE else Group(address=str(chat["id"]), speak=new != "restricted")
    trigger: TriggerKind = "blocked" if new in GONE else "unblocked"
    utterance = Utterance(at=_time(change["date"]), trigger=trigger, language=_language(change))
    return Arrival(NAME, str(chat["id"]), str(update["update_id"]), utterance)


def _language(source: Json) -> str:
    sender = source.get("from")
    return str(sender.get("language_code") or "") if isinstance(sender, dict) else ""


def _time(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
