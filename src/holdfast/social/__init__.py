"""The social network: each room is one part of it; other rooms enter by its door, `__init__`."""
