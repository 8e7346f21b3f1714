"""The test suites of other people's clients, run against a server of ours (docs/reference/conformance.md)."""
