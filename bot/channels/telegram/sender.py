"""The way out: one outbox row becomes one or more calls to the Bot API, and what became of them an Outcome.

Thin calls (`calls.py`) build no object that nobody reads. Edits, closings and acknowledgements may be repeated without
harm; a new message may not, so an unknown outcome is told as unknown.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import structlog
from telegram import Bot
from telegram.error import BadRequest, TelegramError

from bot.channels import Message, Outcome
from bot.channels.telegram.calls import call
from bot.channels.telegram.errors import DONE, GONE, MARKUP, outcome_of, says
from bot.channels.telegram.splitting import split, without_markup
from flows.turn import Button

TOAST = 200  # characters of an acknowledgement
NO_PREVIEW = {"is_disabled": True}
KEPT = 1000  # messages whose words are remembered, so that a closing can add the answer to the question
NO_KEYBOARD: dict[str, Any] = {"inline_keyboard": []}

log = structlog.get_logger("bot.telegram")


class TelegramChannel:
    """The Channel of Telegram. One message of a person is delivered at a time; `delivery` sees to that."""

    name = "telegram"
    pushes = True

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._said: dict[
            tuple[str, int], int
        ] = {}  # (address, row) -> parts of a long text that have arrived, should the next one not
        self._words: dict[tuple[str, str], str] = {}  # (address, reference) -> what stands there

    async def deliver(self, message: Message) -> Outcome:
        """Send one message. Never raises for what the network or the person did."""
        try:
            return await self._verbs[message.kind](self, message)
        except TelegramError as error:
            outcome = outcome_of(error, message.attempts)
            log.info("send_failed", row=message.row, kind=message.kind, outcome=outcome.kind, reason=outcome.reason)
            return outcome

    async def typing(self, address: str) -> None:
        """Show "typing" for five seconds; if that fails nothing is lost."""
        try:
            await call(self.bot, "sendchataction", {"chat_id": int(address), "action": "typing"})
        except TelegramError as error:
            log.debug("typing_failed", failure=type(error).__name__)

    async def _send(self, message: Message) -> Outcome:
        """A bubble, in parts if it is long; the keyboard hangs on the last part, whose id is the reference."""
        parts = split(message.text)
        first = self._said.get((message.address, message.row), 0)
        reference = ""
        for place, part in enumerate(parts[first:], start=first):
            last = place == len(parts) - 1
            keyboard = _keyboard(message.buttons) if last and message.buttons else None
            sent = await self._call("sendmessage", message, part, reply_markup=keyboard)
            reference = str(sent["message_id"])
            if not last:
                self._said[message.address, message.row] = place + 1
        self._said.pop((message.address, message.row), None)
        if message.buttons:
            self._remember(message.address, reference, parts[-1])
        return Outcome("sent", reference=reference)

    async def _edit(self, message: Message) -> Outcome:
        """New words and buttons for a message; if it is gone, said anew."""
        number = _number(message.target)
        if not number:
            return await self._send(message)
        words = split(message.text)[0]
        try:
            keyboard = _keyboard(message.buttons)
            await self._call("editmessagetext", message, words, message_id=number, reply_markup=keyboard)
        except BadRequest as error:
            if says(error, GONE):
                return await self._send(message)
            if not says(error, DONE):
                raise
        self._remember(message.address, message.target, words)
        return Outcome("sent", reference=message.target)

    async def _close(self, message: Message) -> Outcome:
        """The keyboard goes, and what was chosen is added to the question; a message that is gone needs no closing."""
        number = _number(message.target)
        if not number:
            return Outcome("sent", reason="it was never there")
        question = self._words.pop((message.address, message.target), "")
        words = f"{question}\n\n{message.text}"
        if not question or not message.text or len(split(words)) > 1:
            arguments = {"chat_id": int(message.address), "message_id": number, "reply_markup": NO_KEYBOARD}
            return await self._harmless(call(self.bot, "editmessagereplymarkup", arguments), message.target)
        edit = self._call("editmessagetext", message, words, message_id=number, reply_markup=NO_KEYBOARD)
        return await self._harmless(edit, message.target)

    def _remember(self, address: str, reference: str, words: str) -> None:
        self._words[address, reference] = words
        while len(self._words) > KEPT:
            del self._words[next(iter(self._words))]

    async def _acknowledge(self, message: Message) -> Outcome:
        """An answer to the press itself; a press that is too old needs none."""
        toast = without_markup(message.text)[:TOAST]
        arguments = {"callback_query_id": message.target, "text": toast or None}
        return await self._harmless(call(self.bot, "answercallbackquery", arguments), "")

    async def _harmless(self, work: Awaitable[Any], reference: str) -> Outcome:
        try:
            await work
        except BadRequest as error:
            if not says(error, (*DONE, *GONE)):
                raise
        return Outcome("sent", reference=reference)

    async def _call(self, method: str, message: Message, text: str, **more: Any) -> Any:
        """One call with words: as HTML, and once more as plain text if Telegram cannot read the markup."""
        arguments = {"chat_id": int(message.address), "link_preview_options": NO_PREVIEW, **more}
        try:
            return await call(self.bot, method, {**arguments, "text": text, "parse_mode": "HTML"})
        except BadRequest as error:
            if not says(error, MARKUP):
                raise
        log.error("markup_refused", row=message.row, ask=message.ask)
        return await call(self.bot, method, {**arguments, "text": without_markup(text)})

    _verbs: ClassVar[dict[str, Callable[[TelegramChannel, Message], Awaitable[Outcome]]]] = {
        "say": _send,
        "ask": _send,
        "edit": _edit,
        "close": _close,
        "acknowledge": _acknowledge,
    }


def _keyboard(rows: tuple[tuple[Button, ...], ...]) -> dict[str, Any]:
    return {"inline_keyboard": [[_button(button) for button in row] for row in rows]} if rows else NO_KEYBOARD


def _button(button: Button) -> dict[str, str]:
    plain = {"text": button.label, "callback_data": button.press}
    return {**plain, "style": "primary"} if button.main else plain


def _number(target: str) -> int:
    return int(target) if target.isdigit() else 0
