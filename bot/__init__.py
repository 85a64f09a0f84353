"""Lyceum: the open models a team hosts, in its Discord and Slack channels."""
