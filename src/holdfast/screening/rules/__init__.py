"""Rules: banks of entries, conditions over them, and the engine that asks them."""
