"""Programs that know the formats alone: they import nothing of the product."""
