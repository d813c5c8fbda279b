"""The acceptance scenarios, one test each, named after it; docs/scenarios.md lists them all."""
