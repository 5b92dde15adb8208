"""What all that reads settings raises."""


class SettingsError(ValueError):
    """The environment holds something the service must not start with."""
