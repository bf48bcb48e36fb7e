"""What the bot may call: one function per method, each checks as Telegram does and changes the world."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.fake_telegram.chat import BOT, Message, World
from tests.fake_telegram.rules import (
    CAPTION,
    Json,
    Params,
    Refusal,
    Upload,
    read_action,
    read_commands,
    read_language,
    read_markup,
    read_scope,
    read_text,
    refused,
)

Method = Callable[[World, Params], Any]

LARGEST = {"photo": 10 * 2**20, "document": 50 * 2**20}  # bytes
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")
LIMITS = {"name": 64, "description": 512, "short_description": 120}  # characters


def get_me(_: World, __: Params) -> Json:
    return dict(BOT)


def get_chat(world: World, params: Params) -> Json:
    chat = world.reachable(params)
    return {**chat.shown, "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _no_gifts()}


def send_message(world: World, params: Params) -> Json:
    chat = world.reachable(params)
    text, entities = read_text(params)
    markup = read_markup(params)
    return _put(world, chat.id, "text", params.text("text"), text, entities, markup, params)


def send_photo(world: World, params: Params) -> Json:
    return _send_file(world, params, "photo")


def send_document(world: World, params: Params) -> Json:
    return _send_file(world, params, "document")


def edit_text(world: World, params: Params) -> Json:
    message = world.find(params, "message to edit not found")
    if message.kind != "text":
        raise refused("there is no text in the message to edit")
    text, entities = read_text(params)
    message.change(text, params.text("text"), entities, read_markup(params))
    return world.shown(message)


def edit_markup(world: World, params: Params) -> Json:
    message = world.find(params, "message to edit not found")
    message.change(message.text, message.html, message.entities, read_markup(params))
    return world.shown(message)


def delete_message(world: World, params: Params) -> bool:
    world.find(params, "message to delete not found").deleted = True
    return True


def answer_press(world: World, params: Params) -> bool:
    press = world.presses.get(params.text("callback_query_id"))
    if press is None:
        raise refused("query is too old and response timeout expired or query ID is invalid")
    if len(params.text("text")) > 200:
        raise refused("MESSAGE_TOO_LONG")
    if not press.answered:
        press.seconds = time.monotonic() - press.made
    press.answered += 1
    press.text = params.text("text") or press.text
    return True


def send_action(world: World, params: Params) -> bool:
    world.reachable(params).actions.append(read_action(params))
    return True


def leave_chat(world: World, params: Params) -> bool:
    chat = world.reachable(params)
    if chat.type == "private":
        raise refused("chat member status can't be changed in private chats")
    chat.refusal = f"bot is not a member of the {chat.type} chat"
    world.left(chat)
    return True


def set_commands(world: World, params: Params) -> bool:
    world.commands[read_scope(params), read_language(params)] = read_commands(params)
    return True


def get_commands(world: World, params: Params) -> list[Json]:
    return world.commands.get((read_scope(params), read_language(params)), [])


def setting(what: str) -> Method:
    """The method that sets one part of the bot's profile, per language."""

    def call(world: World, params: Params) -> bool:
        if len(params.text(what)) > LIMITS[what]:
            raise refused(f"bot {what.replace('_', ' ')} is too long")
        world.profile[what][read_language(params)] = params.text(what)
        return True

    return call


def getting(what: str) -> Method:
    """The method that reads it: the text for the language, else the one for everybody."""

    def call(world: World, params: Params) -> Json:
        texts = world.profile[what]
        return {what: texts.get(read_language(params)) or texts.get("", BOT["first_name"] if what == "name" else "")}

    return call


def _send_file(world: World, params: Params, kind: str) -> Json:
    chat = world.reachable(params)
    reference, upload = _file(world, params, kind)
    text, entities = read_text(params, "caption", CAPTION)
    markup = read_markup(params)
    return _put(world, chat.id, kind, params.text("caption"), text, entities, markup, params, upload, reference)


def _file(world: World, params: Params, kind: str) -> tuple[str, Upload]:
    named = params.text(kind)
    upload = params.files.get(named.removeprefix("attach://") if named.startswith("attach://") else kind)
    if upload is None:
        if not named:
            raise refused(f"there is no {kind} in the request")
        if named not in world.files:
            raise refused("wrong file identifier/HTTP URL specified")
        return named, world.files[named]
    if not upload.content:
        raise refused("file must be non-empty")
    if len(upload.content) > LARGEST[kind]:
        raise Refusal(413, "Request Entity Too Large")
    if kind == "photo" and not upload.content.startswith(PICTURES):
        raise refused("IMAGE_PROCESS_FAILED")
    reference = f"{kind}-{len(world.files) + 1}"
    world.files[reference] = upload
    return reference, upload


def _put(
    world: World,
    chat: int,
    kind: str,
    html: str,
    text: str,
    entities: list[Json],
    markup: Json | None,
    params: Params,
    file: Upload | None = None,
    reference: str = "",
) -> Json:
    number, date = next(world.numbers), int(time.time())
    message = Message(chat, number, date, kind, html, text, entities, markup, params.given, file, reference)
    world.chats[chat].messages[number] = message
    world.sent.append(message)
    return world.shown(message)


def _no_gifts() -> Json:
    kinds = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    return dict.fromkeys(kinds, False)


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "getChat": get_chat,
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "editMessageText": edit_text,
    "editMessageReplyMarkup": edit_markup,
    "deleteMessage": delete_message,
    "answerCallbackQuery": answer_press,
    "sendChatAction": send_action,
    "leaveChat": leave_chat,
    "setMyCommands": set_commands,
    "getMyCommands": get_commands,
    "setMyName": setting("name"),
    "getMyName": getting("name"),
    "setMyDescription": setting("description"),
    "getMyDescription": getting("description"),
    "setMyShortDescription": setting("short_description"),
    "getMyShortDescription": getting("short_description"),
}
