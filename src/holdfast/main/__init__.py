"""The top storey: command line, supervisor, wiring. Imports everything, imported by nothing."""
