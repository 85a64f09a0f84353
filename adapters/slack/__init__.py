"""The Slack adapter: Bolt over Socket Mode, answers by Slack's own streams where it offers its own Stop."""
