"""The version, as config.json and pyproject.toml say it too (a test holds the three equal)."""

VERSION = "0.1.0"
