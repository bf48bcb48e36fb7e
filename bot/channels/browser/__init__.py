"""The browser as a door: a chat page per person, on this machine only, on the same path of a turn as Telegram.

`chat.py` the page and its form, `talk.py` the conversation folded into what is drawn. The page pulls its rows: what is
drawn counts as sent. It works without JavaScript; with it, pieces of the page are exchanged and timed words arrive.
"""

from bot.channels.browser.chat import NAME, BrowserChannel, Chat

__all__ = ["NAME", "BrowserChannel", "Chat"]
