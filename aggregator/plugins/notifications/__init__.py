"""Notifications: short messages to chats, phones and webhooks, and alerts to the operator."""
