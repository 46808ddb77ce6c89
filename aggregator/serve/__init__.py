"""The small web app for subscribers: subscribe, confirm, preferences, unsubscribe, health."""
