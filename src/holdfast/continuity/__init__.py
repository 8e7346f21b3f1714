"""Mirror, relaunch and drills. Empty until the first of its rooms moves in."""
