"""Server-rendered public pages that work without JavaScript."""
