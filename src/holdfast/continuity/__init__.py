"""Mirror, relaunch and drills: how the site outlives its host."""
