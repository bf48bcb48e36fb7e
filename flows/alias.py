"""The name under which an on-call team sees a participant: always the same, and nothing can be read from it.

Two words and a number, made from the random id: the same on every machine, kept nowhere. 5.6 million names; among a
thousand people two share one with a chance of about one in eleven, so whoever must be sure looks at the alert's id.
"""

from __future__ import annotations

import hashlib

COLOURS = (
    "Amber", "Ash", "Azure", "Beige", "Birch", "Blue", "Brass", "Bronze", "Cedar", "Chalk", "Clay", "Clear", "Cloud",
    "Cobalt", "Copper", "Coral", "Cream", "Dawn", "Dune", "Dusk", "Ebony", "Fern", "Flint", "Frost", "Garnet",
    "Gold", "Grass", "Green", "Grey", "Hazel", "Honey", "Indigo", "Iron", "Ivory", "Jade", "Lake", "Lemon", "Lilac",
    "Lime", "Linen", "Maple", "Marble", "Mint", "Misty", "Moss", "Navy", "Oak", "Ochre", "Olive", "Opal", "Pearl",
    "Pine", "Plum", "Quartz", "Reed", "River", "Sage", "Sand", "Silver", "Slate", "Snow", "Stone", "Teal", "Topaz",
)  # fmt: skip
BIRDS = (
    "Auk", "Avocet", "Bittern", "Brant", "Bunting", "Bustard", "Buzzard", "Condor", "Coot", "Cormorant", "Crake",
    "Crane", "Crow", "Curlew", "Dipper", "Diver", "Dove", "Duck", "Dunlin", "Dunnock", "Eagle", "Egret", "Eider",
    "Falcon", "Finch", "Flicker", "Fulmar", "Gadwall", "Gannet", "Godwit", "Goose", "Goshawk", "Grebe", "Grouse",
    "Gull", "Harrier", "Hawk", "Heron", "Hobby", "Hoopoe", "Ibis", "Jay", "Junco", "Kestrel", "Kite", "Kittiwake",
    "Knot", "Lapwing", "Lark", "Linnet", "Loon", "Magpie", "Mallard", "Martin", "Merlin", "Moorhen", "Murre", "Noddy",
    "Nutcracker", "Nuthatch", "Oriole", "Osprey", "Ouzel", "Owl", "Parrot", "Partridge", "Pelican", "Petrel",
    "Pheasant", "Phoebe", "Pigeon", "Pintail", "Pipit", "Plover", "Pochard", "Puffin", "Quail", "Rail", "Raven",
    "Redpoll", "Redstart", "Robin", "Rook", "Ruff",
)  # fmt: skip
NUMBERS = 1000


def alias_of(participant: str) -> str:
    """`Amber Heron 412`: from the participant's random id alone."""
    drawn = int.from_bytes(hashlib.blake2b(f"alias {participant}".encode(), digest_size=8).digest(), "big")
    drawn, number = divmod(drawn, NUMBERS)
    drawn, bird = divmod(drawn, len(BIRDS))
    return f"{COLOURS[drawn % len(COLOURS)]} {BIRDS[bird]} {number:03d}"
